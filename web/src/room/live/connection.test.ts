import { beforeEach, describe, expect, it } from "vitest";
import { ApiError, problemOf } from "../../api/problem";
import { RATE } from "../../audio/pcm";
import { LiveInterview, type LivePorts, type LiveSocket, type Told } from "./connection";

type Sent = { type: string; [field: string]: unknown };

class Server implements LiveSocket {
  sent: Sent[] = [];
  closed = false;
  onmessage: ((text: string) => void) | null = null;
  onclose: ((code: number, reason: string) => void) | null = null;

  constructor(readonly query: string) {}

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.closed = true;
  }

  says(type: string, fields: Record<string, unknown> = {}): void {
    this.onmessage?.(JSON.stringify({ type, ...fields }));
  }

  created(id: string, receivedMs = 0): void {
    this.says("session.created", { session: { id, interview: { audio_ms_received: receivedMs } } });
  }

  of(type: string): Sent[] {
    return this.sent.filter((one) => one.type === type);
  }

  heardSamples(): number {
    return this.of("input_audio_buffer.append").reduce((sum, one) => sum + atob(String(one.audio)).length / 2, 0);
  }
}

const REPLY = { text: "Next.", action: { action_type: "new_question", next_phase: "technical" }, turn_number: 1 };

let servers: Server[];
let told: Told[];
let log: number[];
let clock: number;
let refuse: ApiError | null;
let asked: () => void;
let waits: number[];
let failingLooks: number;
let live: LiveInterview;

const server = () => servers.at(-1) as Server;
const settle = async () => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};
const spoken = (seconds: number) => {
  for (let at = 0; at < seconds * 10; at += 1) live.hear(new Int16Array(RATE / 10));
};
const kinds = () => told.map((one) => one.type);

beforeEach(async () => {
  servers = [];
  told = [];
  log = [];
  clock = 0;
  refuse = null;
  asked = () => undefined;
  waits = [];
  failingLooks = 0;
  const ports: LivePorts = {
    secret: async () => {
      asked();
      if (refuse !== null) throw refuse;
      return "ek_1";
    },
    open: (query) => {
      servers.push(new Server(query));
      return server();
    },
    play: () => undefined,
    played: () => undefined,
    stopPlaying: () => null,
    answered: async (seq) => {
      if (failingLooks > 0) {
        failingLooks -= 1;
        throw new ApiError(problemOf(503, null));
      }
      return log.some((one) => one > seq);
    },
    tell: (one) => told.push(one),
    now: () => clock,
    wait: async (ms) => {
      waits.push(ms);
    },
  };
  live = new LiveInterview(ports, { speaks: true, patient: false });
  await live.start(4);
  server().created("sess_1");
  await settle();
});

describe("a conversation", () => {
  it("begins after what the page has seen, and streams what is heard", () => {
    expect(server().query).toBe("?after=4");
    spoken(1);
    expect(server().heardSamples()).toBe(RATE);
    expect(told).toContainEqual({ type: "status", status: "on" });
  });

  it("resumes the same session and sends the audio that has not arrived", async () => {
    spoken(2);
    server().onclose?.(1006, "");
    await settle();
    spoken(1);
    expect(server().query).toBe("?resume=sess_1&after=4");
    server().created("sess_1", 1500);
    await settle();
    expect(server().heardSamples()).toBe(1.5 * RATE);
    expect(kinds()).toContain("missed");
  });

  it("gives an answer that no server has to the next one from its beginning", async () => {
    spoken(4);
    server().says("input_audio_buffer.speech_started", { audio_start_ms: 3000, item_id: "a" });
    spoken(2);
    server().says("input_audio_buffer.committed", { item_id: "a" });
    server().onclose?.(1006, "");
    await settle();
    server().created("sess_2");
    await settle();
    expect(kinds()).toContain("resent");
    expect(server().of("input_audio_buffer.clear")).toMatchObject([{ item_id: "a" }]);
    expect(server().heardSamples()).toBe(4 * RATE); // from two seconds before the speech was noticed
  });

  it("keeps the item of an answer that was being spoken, as the server may have taken it unseen", async () => {
    spoken(4);
    server().says("input_audio_buffer.speech_started", { audio_start_ms: 3000, item_id: "a" });
    server().onclose?.(1006, "");
    await settle();
    server().created("sess_2");
    await settle();
    expect(server().of("input_audio_buffer.clear")).toMatchObject([{ item_id: "a" }]);
    expect(server().heardSamples()).toBeGreaterThan(0);
  });

  it("looks at the log again where a look failed", async () => {
    spoken(4);
    server().says("input_audio_buffer.speech_started", { audio_start_ms: 3000, item_id: "a" });
    server().says("input_audio_buffer.committed", { item_id: "a" });
    log.push(7);
    failingLooks = 4;
    server().onclose?.(1006, "");
    await settle();
    server().created("sess_2");
    for (let turn = 0; turn < 5; turn += 1) await settle();
    expect(failingLooks).toBe(0);
    expect(kinds()).not.toContain("resent");
    expect(told.at(-1)).toEqual({ type: "status", status: "on" });
  });

  it("connects again for the reply to an answer that another server has recorded", async () => {
    server().says("input_audio_buffer.committed", { item_id: "a" });
    const refusing = server();
    const error = { code: "idempotency-mismatch", message: "Another content." };
    refusing.says("response.done", { response: { status: "failed", status_details: { error } } });
    await settle();
    expect(refusing.closed).toBe(true);
    expect(server().query).toBe("?resume=sess_1&after=4");
    server().created("sess_1");
    await settle();
    expect(server().of("response.create")).toEqual([]);
    expect(kinds()).not.toContain("failed");
    expect(kinds()).toContain("missed");
  });

  it("does not repeat an answer that the log has", async () => {
    spoken(4);
    server().says("input_audio_buffer.speech_started", { audio_start_ms: 3000, item_id: "a" });
    server().says("input_audio_buffer.committed", { item_id: "a" });
    log.push(7);
    server().onclose?.(1006, "");
    await settle();
    server().created("sess_2");
    await settle();
    expect(kinds()).not.toContain("resent");
    expect(server().heardSamples()).toBeLessThanOrEqual(2 * RATE);
  });

  it("sends a typed answer again under its own id, unless the log has it", async () => {
    live.type("typed-1", "An index.");
    server().onclose?.(1006, "");
    await settle();
    server().created("sess_2");
    await settle();
    expect(
      server()
        .of("conversation.item.create")
        .map((one) => (one.item as { id: string }).id),
    ).toEqual(["typed-1"]);
    log.push(9);
    server().onclose?.(1006, "");
    await settle();
    server().created("sess_2", 0);
    await settle();
    expect(server().of("conversation.item.create")).toEqual([]);
  });

  it("tells the reply of a response that was cut, at once or once its turn is known", () => {
    server().says("response.created");
    server().says("response.done", { response: { status: "cancelled", interview: REPLY } });
    server().says("response.created");
    server().says("response.done", { response: { status: "cancelled" } });
    server().says("session.updated", { session: { interview: { reply: REPLY, seq: 12 } } });
    expect(kinds().filter((kind) => kind === "replied" || kind === "cut")).toEqual(["replied", "cut", "replied"]);
  });

  it("tells a reply that was withdrawn apart from one that counts", () => {
    const withdrawn = { ...REPLY, withdrawn: true };
    server().says("response.done", { response: { status: "cancelled", interview: withdrawn } });
    server().says("session.updated", { session: { interview: { reply: withdrawn, seq: 12 } } });
    expect(kinds().filter((kind) => kind === "replied" || kind === "withdrew")).toEqual(["withdrew", "withdrew"]);
  });

  it("tells that the interview is over, and what was not taken any more", () => {
    server().says("session.updated", { session: { interview: { status: "active" } } });
    server().says("session.updated", { session: { interview: { status: "concluded" } } });
    server().says("conversation.item.deleted", { item_id: "item_2" });
    expect(told.slice(-2)).toEqual([{ type: "over" }, { type: "unsaid", id: "item_2" }]);
    expect(kinds().filter((kind) => kind === "over")).toHaveLength(1);
  });

  it("falls silent when it is closed, unless the last words are to be heard", () => {
    let stopped = 0;
    const stopPlaying = () => {
      stopped += 1;
      return null;
    };
    const ports = { now: () => 0, stopPlaying };
    const talk = () => new LiveInterview(ports as unknown as LivePorts, { speaks: true, patient: false });
    talk().close(true);
    expect(stopped).toBe(0);
    talk().close();
    expect(stopped).toBe(1);
  });

  it("gives up where another page took the interview", async () => {
    server().onclose?.(1008, "superseded: this interview was opened by another connection");
    await settle();
    expect(told.at(-1)).toMatchObject({ type: "gaveUp", problem: { code: "superseded" } });
    expect(servers.length).toBe(1);
  });

  it("asks for a new secret, and gives up where none is given", async () => {
    refuse = new ApiError(problemOf(401, { detail: "The link ended." }));
    server().onclose?.(1012, "");
    await settle();
    expect(told.at(-1)).toMatchObject({ type: "gaveUp", problem: { detail: "The link ended." } });
  });

  it("tries for a while and then gives up", async () => {
    refuse = new ApiError({ ...problemOf(503, null), retryable: true });
    server().onclose?.(1013, "");
    for (let turn = 0; turn < 20; turn += 1) await settle();
    expect(told.at(-1)).toMatchObject({ type: "gaveUp", problem: { code: "lost" } });
  });

  it("waits longer each time where the server accepts and then closes, and gives up", async () => {
    for (let turn = 0; turn < 20; turn += 1) {
      server().onclose?.(1011, "");
      await settle();
      server().created("sess_1");
      await settle();
    }
    expect(waits).toEqual([300, 1000, 2000, 4000, 8000, 8000, 8000, 8000]);
    expect(told.at(-1)).toMatchObject({ type: "gaveUp", problem: { code: "lost" } });
  });

  it("begins with the shortest wait again after a reply or a stable connection", async () => {
    const lose = async () => {
      server().onclose?.(1006, "");
      await settle();
      server().created("sess_1");
      await settle();
    };
    await lose();
    server().says("response.done", { response: { status: "completed", interview: REPLY } });
    await lose();
    await lose();
    clock += 10_000;
    await lose();
    expect(waits).toEqual([300, 300, 1000, 300]);
  });

  it("tells that an answer or a hint failed after its response was cut", () => {
    server().says("input_audio_buffer.committed", { item_id: "a" });
    server().says("error", { error: { code: "unavailable", message: "Try again.", event_id: "a" } });
    live.act("hint", "hint-1");
    server().says("error", { error: { code: "unavailable", message: "Try again.", event_id: "hint-1" } });
    expect(told.filter((one) => one.type === "failed")).toMatchObject([{ of: "answer" }, { of: "hint" }]);
  });

  it("does not connect where it was closed before it started", async () => {
    live.close();
    told = [];
    const before = servers.length;
    await live.start(4);
    expect(told).toEqual([]);
    expect(servers.length).toBe(before);
  });

  it("tells nothing where it was closed while a secret was awaited", async () => {
    server().onclose?.(1006, "");
    refuse = new ApiError(problemOf(401, { detail: "The link ended." }));
    asked = () => live.close();
    await settle();
    expect(kinds()).not.toContain("gaveUp");
  });

  it("sends nothing once it is closed", async () => {
    server().says("error", { error: { code: "rate_limit_exceeded", param: "audio", event_id: null } });
    live.close();
    spoken(1);
    expect(server().closed).toBe(true);
    expect(server().heardSamples()).toBe(0);
  });
});
