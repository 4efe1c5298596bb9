/** The signed-in caller's token: kept for this tab alone, never in an address. */
import { useSyncExternalStore } from "react";

const KEY = "interview.token";
const NAME = "interview.name";
const listeners = new Set<() => void>();

function changed(): void {
  for (const listener of listeners) listener();
}

export function signIn(token: string): void {
  sessionStorage.setItem(KEY, token);
  changed();
}

export function signOut(): void {
  sessionStorage.removeItem(KEY);
  sessionStorage.removeItem(NAME);
  changed();
}

/** The token, or null before the sign-in. */
export function useToken(): string | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => sessionStorage.getItem(KEY),
  );
}

/** Whether an identity provider vouches for the person; an API key says nothing about who uses it. */
export function isPersonal(token: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token);
}

/** The reviewer's name as typed before in this tab. */
export function rememberedName(): string {
  return sessionStorage.getItem(NAME) ?? "";
}

export function rememberName(name: string): void {
  sessionStorage.setItem(NAME, name);
}
