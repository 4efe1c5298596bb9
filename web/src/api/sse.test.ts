import { expect, test } from "vitest";
import { eventParser, eventsOf } from "./sse";

const STREAM = ': hello\n\nevent: sentence\ndata: {"index":0}\n\nid: 7\nevent: reply\r\ndata: a\r\ndata: b\r\n\r\n';
const EVENTS = [
  { event: "sentence", data: '{"index":0}', id: null },
  { event: "reply", data: "a\nb", id: "7" },
];

test("an event may arrive in pieces of any length", () => {
  for (let size = 1; size <= STREAM.length; size++) {
    const parse = eventParser();
    const found = [];
    for (let at = 0; at < STREAM.length; at += size) found.push(...parse(STREAM.slice(at, at + size)));
    expect(found).toEqual(EVENTS);
  }
});

test("an unfinished event is not given", () => {
  expect(eventParser()("event: reply\ndata: x\n")).toEqual([]);
});

test("a response is read to its end", async () => {
  const found = [];
  for await (const event of eventsOf(new Response(STREAM))) found.push(event);
  expect(found).toEqual(EVENTS);
});
