import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "../api/problem";
import { RoomApi } from "./api";

type Call = { url: string; init: RequestInit };

let calls: Call[];
let replies: (() => Response)[];

const REPLY = { interview_id: "i-1", turn_number: 1, interviewer_response: { text: "Go on." } };
const TOKEN = { access_token: "access", expires_in: 60, interview_id: "i-1", status: "active" };

beforeEach(() => {
  calls = [];
  replies = [];
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    calls.push({ url, init });
    if (url === "/candidate/token") return Response.json(TOKEN);
    const reply = replies.shift();
    if (reply === undefined) throw new TypeError("no more replies");
    return reply();
  });
});

afterEach(() => vi.unstubAllGlobals());

function stream(text: string): () => Response {
  return () => new Response(text, { headers: { "Content-Type": "text/event-stream; charset=utf-8" } });
}

function header(call: Call | undefined, name: string): string | null {
  return new Headers(call?.init.headers).get(name);
}

test("the link buys one access token, which the requests carry", async () => {
  replies = [() => Response.json({ status: "active" }), () => Response.json({ status: "active" })];
  const api = new RoomApi("link");
  await Promise.all([api.notice(), api.notice()]);
  expect(calls.map((call) => call.url)).toEqual(["/candidate/token", "/candidate/interview", "/candidate/interview"]);
  expect(header(calls[0], "Authorization")).toBe("Bearer link");
  expect(header(calls[1], "Authorization")).toBe("Bearer access");
});

test("an access token that ended is bought again, once", async () => {
  const refused = () => Response.json({ code: "unauthenticated" }, { status: 401 });
  replies = [refused, () => Response.json({ status: "active" })];
  await new RoomApi("link").notice();
  expect(calls.filter((call) => call.url === "/candidate/token")).toHaveLength(2);
  replies = [refused, refused];
  await expect(new RoomApi("link").notice()).rejects.toMatchObject({ problem: { status: 401 } });
});

test("a turn tells its sentences as they come, then the reply", async () => {
  const sentence = 'event: sentence\ndata: {"index":0,"text":"Go on."}\n\n';
  replies = [stream(`${sentence}event: reply\ndata: ${JSON.stringify(REPLY)}\n\n`)];
  const told: string[] = [];
  const body = await new RoomApi("link").turn({ key: "k", text: "An index." }, true, ({ text }) => told.push(text));
  expect(told).toEqual(["Go on."]);
  expect(body).toEqual(REPLY);
  expect(header(calls[1], "Idempotency-Key")).toBe("k");
  expect(JSON.parse(String(calls[1]?.init.body))).toEqual({ answer: "An index.", voice: true, signals: {} });
});

test("an answer and a hint name their question, in every form", async () => {
  const to = { question_id: "q1", turn_number: 3 };
  const audio = new Blob(["sound"], { type: "audio/webm" });
  for (const answer of [
    { key: "k", text: "x", to },
    { key: "k", audio, to },
    { key: "k", text: "x", audio, to },
  ]) {
    replies = [() => Response.json(REPLY)];
    await new RoomApi("link").turn(answer, true, () => undefined);
    const sent = calls.at(-1)?.init.body;
    const named = sent instanceof FormData ? Object.fromEntries(sent) : JSON.parse(String(sent));
    expect([named.question_id, Number(named.turn_number)]).toEqual(["q1", 3]);
  }
  replies = [() => Response.json(REPLY)];
  await new RoomApi("link").hint("k", true, to);
  expect(JSON.parse(String(calls.at(-1)?.init.body))).toEqual({ voice: true, ...to });
});

test("a recording is sent as a form, without a content type of our own", async () => {
  replies = [() => Response.json(REPLY)];
  const audio = new Blob(["sound"], { type: "audio/webm" });
  await new RoomApi("link").turn({ key: "k", audio }, false, () => undefined);
  const form = calls[1]?.init.body as FormData;
  expect(form.get("voice")).toBe("false");
  expect((form.get("audio") as Blob).size).toBe(5);
  expect(header(calls[1], "Content-Type")).toBeNull();
});

test("corrected words go with their recording", async () => {
  replies = [() => Response.json(REPLY)];
  const audio = new Blob(["sound"], { type: "audio/webm" });
  const signals = { corrected_transcript: true };
  await new RoomApi("link").turn({ key: "k", text: "An index.", audio, signals }, true, () => undefined);
  const form = calls[1]?.init.body as FormData;
  expect(form.get("answer")).toBe("An index.");
  expect(JSON.parse(String(form.get("signals")))).toEqual(signals);
  expect((form.get("audio") as Blob).size).toBe(5);
});

test.each([
  ["an error event", 'event: error\ndata: {"status":503,"code":"unavailable","detail":"Later."}\n\n', "unavailable"],
  ["an end without a reply", 'event: sentence\ndata: {"index":0,"text":"Go"}\n\n', "interrupted"],
])("a stream with %s is a failure that may be repeated", async (_, text, code) => {
  replies = [stream(text)];
  const failed = await new RoomApi("link")
    .turn({ key: "k", text: "x" }, true, () => undefined)
    .catch((e: unknown) => e);
  expect(failed).toBeInstanceOf(ApiError);
  expect((failed as ApiError).problem).toMatchObject({ code, retryable: true });
});

test("the server's clock is read from its responses", async () => {
  const date = new Date(Date.now() + 3_600_000).toUTCString();
  replies = [() => Response.json({}, { headers: { Date: date } })];
  const api = new RoomApi("link");
  await api.notice();
  expect(Math.round(api.clockOffsetMs / 60_000)).toBe(60);
});
