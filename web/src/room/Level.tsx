import { useEffect, useState } from "react";
import { Meter } from "../ui/Meter";
import { useWords } from "./words";

const BARS = 24;

/** The loudness while recording: for the eye a row of bars, for assistive technology a meter. */
export function Level({ level }: { level: () => number }) {
  const words = useWords();
  const [past, setPast] = useState<readonly number[]>(() => Array(BARS).fill(0));
  useEffect(() => {
    const timer = setInterval(() => setPast((before) => [...before.slice(1), level()]), 80);
    return () => clearInterval(timer);
  }, [level]);
  const now = past.at(-1) ?? 0;
  return (
    <div className="level">
      <div className="bars" aria-hidden="true">
        {past.map((value, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place
          <span key={index} style={{ transform: `scaleY(${0.08 + 0.92 * value})` }} />
        ))}
      </div>
      <div className="visually-hidden">
        <Meter label={words.check.level} value={now} />
      </div>
    </div>
  );
}
