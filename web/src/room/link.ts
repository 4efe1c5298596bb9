/** The link's token: taken out of the address bar at once, and kept for reloads of this tab only. */

const KEY = "interview.link";

/** Shorter fragments are places in the page. */
const MIN_TOKEN_CHARS = 20;

export function holdsLink(location: Pick<Location, "hash">): boolean {
  return location.hash.length > MIN_TOKEN_CHARS;
}

/** The token of the fragment, else the one this tab had; null without either. */
export function takeLink(
  location: Pick<Location, "hash" | "pathname">,
  history: Pick<History, "replaceState">,
  storage: Storage,
): string | null {
  if (holdsLink(location)) {
    const token = location.hash.slice(1);
    history.replaceState(null, "", location.pathname);
    if (storage.getItem(KEY) !== token) storage.clear();
    storage.setItem(KEY, token);
  }
  return storage.getItem(KEY);
}
