import { describe, expect, it } from "vitest";
import { RATE } from "../../audio/pcm";
import { Uplink } from "./uplink";

/** Seconds of samples that are their own positions, modulo 1000. */
function spoken(from: number, seconds: number): Int16Array {
  return Int16Array.from({ length: seconds * RATE }, (_, at) => (from * RATE + at) % 1000);
}

function pushed(uplink: Uplink, from: number, seconds: number): void {
  for (let at = 0; at < seconds; at += 1) uplink.push(spoken(from + at, 1));
}

function sent(uplink: Uplink, now: number): number[] {
  return uplink.take(now).flatMap((piece) => [...piece]);
}

describe("the candidate's audio", () => {
  it("is sent once and in order", () => {
    const uplink = new Uplink(0);
    uplink.began();
    pushed(uplink, 0, 2);
    expect(sent(uplink, 0)).toEqual([...spoken(0, 2)]);
    expect(sent(uplink, 0)).toEqual([]);
    pushed(uplink, 2, 1);
    expect(sent(uplink, 1000)).toEqual([...spoken(2, 1)]);
  });

  it("goes on after an interruption where the server stopped", () => {
    const uplink = new Uplink(0);
    uplink.began();
    pushed(uplink, 0, 3);
    sent(uplink, 0);
    uplink.answerBegan(500);
    pushed(uplink, 3, 2);
    uplink.resumed(2500);
    expect(sent(uplink, 5000)).toEqual([...spoken(0, 5)].slice(2.5 * RATE));
  });

  it("is sent from the beginning of the answer to a server that knows nothing", () => {
    const uplink = new Uplink(0);
    uplink.began();
    pushed(uplink, 0, 9);
    sent(uplink, 0);
    uplink.answerBegan(8500);
    pushed(uplink, 9, 1);
    uplink.began();
    expect(sent(uplink, 60_000)).toEqual([...spoken(0, 10)].slice(6.5 * RATE));
    uplink.resumed(1000);
    expect(sent(uplink, 60_000)).toEqual([...spoken(0, 10)].slice(7.5 * RATE));
  });

  it("is kept until the reply, also while the next answer begins", () => {
    const uplink = new Uplink(0);
    uplink.began();
    pushed(uplink, 0, 9);
    sent(uplink, 0);
    uplink.answerBegan(3000);
    uplink.committed();
    uplink.answerBegan(8000);
    pushed(uplink, 9, 3);
    uplink.began();
    expect(sent(uplink, 60_000)[0]).toBe(RATE % 1000);
  });

  it("of an answer with a reply is forgotten", () => {
    const uplink = new Uplink(0);
    uplink.began();
    pushed(uplink, 0, 5);
    sent(uplink, 0);
    uplink.answerBegan(0);
    uplink.committed();
    uplink.settled();
    pushed(uplink, 5, 5);
    sent(uplink, 9000);
    uplink.began();
    expect(sent(uplink, 60_000).length).toBeLessThanOrEqual(2 * RATE);
  });

  it("catches up a little faster than it was spoken", () => {
    const uplink = new Uplink(0);
    uplink.began();
    uplink.answerBegan(0);
    pushed(uplink, 0, 30);
    expect(sent(uplink, 0).length).toBe(10 * RATE);
    expect(sent(uplink, 1000).length / RATE).toBeCloseTo(1.3, 1);
  });

  it("that the server refused is sent again", () => {
    const uplink = new Uplink(0);
    uplink.began();
    pushed(uplink, 0, 1);
    sent(uplink, 0);
    uplink.refused();
    expect(sent(uplink, 0)).toEqual([]);
    expect(sent(uplink, 1000)).toEqual([...spoken(0, 1)].slice(-RATE / 10));
  });
});
