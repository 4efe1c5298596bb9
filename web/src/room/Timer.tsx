import { useEffect, useState } from "react";
import { Icon } from "../ui/Icon";
import { useWords } from "./words";

/** Minutes at which a screen reader is told, once each. */
const TOLD = [10, 5];

type Props = { deadlineAt: number; shown: boolean };

/** The server's deadline in whole minutes: no seconds that run down. */
export function Timer({ deadlineAt, shown }: Props) {
  const words = useWords();
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 5000);
    return () => clearInterval(timer);
  }, []);
  const minutes = Math.floor((deadlineAt - now) / 60_000);
  const told = TOLD.find((limit) => minutes === limit);
  return (
    <>
      {shown && (
        <span className="timer" role="timer">
          <Icon name="clock" />
          {deadlineAt <= now ? words.interview.timeUp : words.interview.timeLeft(minutes)}
        </span>
      )}
      <span className="visually-hidden" role="status">
        {told === undefined ? "" : words.interview.warnTime(told)}
      </span>
    </>
  );
}
