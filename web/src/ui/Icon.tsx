/** Line icons on a grid of 24; decoration only, so every use has a text beside it or a label on its button. */
const PATHS = {
  arrowDown: "M12 5v14M6 13l6 6 6-6",
  arrowUp: "M12 19V5M6 11l6-6 6 6",
  captions: "M3 6h18v12H3zM7 13h4M13 13h4M7 10h2M11 10h6",
  check: "M5 12.5l4.5 4.5L19 7.5",
  clock: "M12 3a9 9 0 100 18 9 9 0 000-18zM12 7v5l3.5 2",
  close: "M6 6l12 12M18 6L6 18",
  help: "M12 3a9 9 0 100 18 9 9 0 000-18zM9.5 9.5a2.5 2.5 0 113.6 2.2c-.8.4-1.1.9-1.1 1.8M12 16.5v.1",
  hint: "M9 18h6M10 21h4M12 3a6 6 0 00-3.6 10.8c.7.6 1.1 1.3 1.1 2.2h5c0-.9.4-1.6 1.1-2.2A6 6 0 0012 3z",
  info: "M12 3a9 9 0 100 18 9 9 0 000-18zM12 11v5M12 7.5v.1",
  keyboard: "M3 6h18v12H3zM7 10h.1M11 10h.1M15 10h.1M7 14h10",
  mic: "M12 3a3 3 0 00-3 3v5a3 3 0 006 0V6a3 3 0 00-3-3zM5.5 11a6.5 6.5 0 0013 0M12 17.5V21M9 21h6",
  pause: "M8 5v14M16 5v14",
  person: "M12 4a4 4 0 100 8 4 4 0 000-8zM4.5 20c.8-3.6 3.8-5.5 7.5-5.5s6.7 1.9 7.5 5.5",
  play: "M7 5l12 7-12 7z",
  repeat: "M4 12a8 8 0 0113.7-5.6L20 9M20 4v5h-5M20 12a8 8 0 01-13.7 5.6L4 15M4 20v-5h5",
  settings: "M4 7h9M17 7h3M4 17h3M11 17h9M15 4.5v5M9 14.5v5",
  skip: "M6 5l9 7-9 7zM18 5v14",
  stop: "M6 6h12v12H6z",
  warning: "M12 4L2.8 20h18.4zM12 10v4.5M12 17.3v.1",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg
      viewBox="0 0 24 24"
      width="20"
      height="20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.75"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
