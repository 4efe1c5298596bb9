/** One server-sent event; `event` is "message" where the server names none. */
export type ServerEvent = { event: string; data: string; id: string | null };

/** Splits text into events, in pieces of any length. Comments are left out; an unfinished event waits. */
export function eventParser(): (piece: string) => ServerEvent[] {
  let rest = "";
  let event = "";
  let id: string | null = null;
  let data: string[] = [];
  return (piece) => {
    const found: ServerEvent[] = [];
    rest += piece;
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line === "") {
        if (data.length > 0) found.push({ event: event || "message", data: data.join("\n"), id });
        event = "";
        data = [];
        continue;
      }
      const colon = line.indexOf(":");
      const name = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
      if (name === "event") event = value;
      else if (name === "data") data.push(value);
      else if (name === "id") id = value;
    }
    return found;
  };
}

/** The events of a response as they arrive; ends with the response. */
export async function* eventsOf(response: Response): AsyncGenerator<ServerEvent> {
  if (response.body === null) return;
  const parse = eventParser();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield* parse(value);
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
