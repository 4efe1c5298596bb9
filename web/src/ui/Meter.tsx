type Props = {
  label: string;
  /** In [0, 1]. */
  value: number;
  /** The value in words, where a percentage says little. */
  text?: string;
  role?: "meter" | "progressbar";
};

export function Meter({ label, value, text, role = "meter" }: Props) {
  const clamped = Math.min(1, Math.max(0, value));
  const percent = Math.round(clamped * 100);
  return (
    // Browsers style <meter> and <progress> in incompatible ways.
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: both roles take a name and values
    <span
      className="meter"
      role={role}
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      aria-valuetext={text}
    >
      <span style={{ transform: `scaleX(${clamped})` }} />
    </span>
  );
}
