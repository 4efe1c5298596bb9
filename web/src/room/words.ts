/** The room's words in the interview's language: English at once, another language as a chunk of its own. */

import { useSyncExternalStore } from "react";
import { en, type Messages } from "./messages";

const OTHERS: Readonly<Record<string, () => Promise<{ messages: Messages }>>> = {
  de: () => import("./messages.de"),
  fr: () => import("./messages.fr"),
  es: () => import("./messages.es"),
};

let current: Messages = en;
const listeners = new Set<() => void>();

/** The words of now, where no component is rendered. */
export function words(): Messages {
  return current;
}

export function useWords(): Messages {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, words);
}

/** Whether the room has words in a language (BCP 47, such as `de-AT`). */
export function speaks(language: string): boolean {
  return base(language) === "en" || Object.hasOwn(OTHERS, base(language));
}

/** Changes to a language (BCP 47), or to English where it has no words. Rejects when the words cannot be loaded. */
export async function speak(language: string): Promise<void> {
  const load = Object.hasOwn(OTHERS, base(language)) ? OTHERS[base(language)] : undefined;
  const found = load === undefined ? en : (await load()).messages;
  document.documentElement.lang = found.locale;
  if (found === current) return;
  current = found;
  for (const listener of listeners) listener();
}

/** "Thursday 3 December 2026 at 17:30 CET", in the words' language and the reader's time zone. */
export function moment(at: Date, { locale }: Messages): string {
  return at.toLocaleString(locale === "en" ? "en-GB" : locale, {
    weekday: "long",
    day: "numeric",
    month: "long",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZoneName: "short",
  });
}

function base(language: string): string {
  return language.toLowerCase().split("-")[0] ?? "";
}
