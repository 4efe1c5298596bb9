import { useSyncExternalStore } from "react";
import { parseRoute, type Route } from "./route";

function follow(listener: () => void): () => void {
  window.addEventListener("hashchange", listener);
  return () => window.removeEventListener("hashchange", listener);
}

export function useRoute(): Route {
  return parseRoute(useSyncExternalStore(follow, () => location.hash));
}
