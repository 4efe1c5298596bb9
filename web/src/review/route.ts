/** The page's place, kept in the fragment: a reload and the back button keep it, and no secret is ever in it. */

export type Tab = "report" | "playback" | "log";

export type Route =
  | { page: "inbox"; filters: string }
  | { page: "interview"; id: string; tab: Tab }
  | { page: "comparison"; plan: string; interviews: string[] };

const TABS: readonly string[] = ["report", "playback", "log"];

export function parseRoute(hash: string): Route {
  const [path = "", search = ""] = hash.replace(/^#/, "").split("?", 2);
  const parts = path.split("/").filter(Boolean).map(decoded);
  const [head, id, tab] = parts;
  if (head === "interview" && id) {
    return { page: "interview", id, tab: tab !== undefined && TABS.includes(tab) ? (tab as Tab) : "report" };
  }
  if (head === "compare") {
    const query = new URLSearchParams(search);
    return { page: "comparison", plan: query.get("plan") ?? "", interviews: query.getAll("interview") };
  }
  return { page: "inbox", filters: search };
}

export function hrefOf(route: Route): string {
  switch (route.page) {
    case "inbox":
      return route.filters ? `#/?${route.filters}` : "#/";
    case "interview":
      return `#/interview/${encodeURIComponent(route.id)}${route.tab === "report" ? "" : `/${route.tab}`}`;
    case "comparison": {
      const query = new URLSearchParams({ plan: route.plan });
      for (const id of route.interviews) query.append("interview", id);
      return `#/compare?${query}`;
    }
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
