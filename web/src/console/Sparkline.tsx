import { linePoints } from "./rates";

const WIDTH = 160;
const HEIGHT = 32;

export function Sparkline({ label, values }: { label: string; values: number[] }) {
  if (values.length < 2) return <span className="muted small">Collecting …</span>;
  return (
    <svg className="spark" viewBox={`-1 -2 ${WIDTH + 2} ${HEIGHT + 4}`} role="img" aria-label={label}>
      <polyline points={linePoints(values, WIDTH, HEIGHT)} />
    </svg>
  );
}
