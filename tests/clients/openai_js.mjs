// A candidate with the unmodified `openai` package under Node: as agents_sdk.py.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import OpenAI from "openai";
import { OpenAIRealtimeWS } from "openai/realtime/ws";

const speech = process.env.SPEECH;
const noise = readFileSync(join(speech, "noise.pcm"));
const answers = readdirSync(speech)
  .filter((name) => name.startsWith("answer-"))
  .sort()
  .map((name) => readFileSync(join(speech, name)));
const TICK = 960; // 20 ms at 24 kHz
const FASTER = 8;

const client = new OpenAI({ baseURL: process.env.URL, apiKey: process.env.KEY });
const talk = new OpenAIRealtimeWS({ model: "gpt-realtime" }, client);
const heard = [];
const said = [];
const errors = [];
let rest = Buffer.alloc(0);
let asked = 0;

function tick() {
  const part = rest.subarray(0, TICK);
  rest = rest.subarray(TICK);
  const sent = Buffer.concat([part, noise.subarray(0, TICK - part.length)]);
  talk.send({ type: "input_audio_buffer.append", audio: sent.toString("base64") });
}

let ticking;
talk.on("session.created", () => {
  talk.send({
    type: "session.update",
    session: { type: "realtime", audio: { input: { turn_detection: { type: "semantic_vad" } } } },
  });
  talk.send({ type: "response.create" });
  ticking = setInterval(tick, 20 / FASTER);
});
talk.on("conversation.item.input_audio_transcription.completed", (event) => heard.push(event.transcript));
talk.on("response.done", (event) => {
  said.push(event.response.output[0].content[0].transcript);
  if (event.response.interview?.should_continue === false) {
    clearInterval(ticking);
    talk.close();
    process.stdout.write(JSON.stringify({ heard, said, errors }));
    return;
  }
  rest = Buffer.concat([rest, Buffer.alloc(48_000), answers[Math.min(asked++, answers.length - 1)]]);
});
talk.on("error", (error) => errors.push(String(error.message ?? error)));
