import type { ReactNode } from "react";
import { Icon, type IconName } from "./Icon";

type Tone = "info" | "good" | "warn" | "error";

const ICONS: Record<Tone, IconName> = { info: "info", good: "check", warn: "warning", error: "warning" };

type Props = {
  tone?: Tone;
  title?: string;
  /** Announced when it appears: errors at once, the rest when the reader pauses. */
  live?: boolean;
  children?: ReactNode;
};

export function Notice({ tone = "info", title, live = false, children }: Props) {
  const role = tone === "error" ? "alert" : "status";
  return (
    <div className="notice" data-tone={tone} role={live ? role : undefined}>
      <Icon name={ICONS[tone]} />
      <div>
        {title && <strong>{title}</strong>}
        {children}
      </div>
    </div>
  );
}
