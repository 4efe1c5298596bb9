import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from "react";
import { ApiError, problemFrom } from "../api/problem";
import { Player } from "../audio/player";
import { type MicFailure, whyNoMicrophone } from "../audio/recorder";
import { answerOf } from "./answers";
import { type Answer, RoomApi } from "./api";
import { loadSent, saveDraft, saveSent } from "./drafts";
import { holdsLink, takeLink } from "./link";
import { type Live, useLive } from "./live/useLive";
import { en } from "./messages";
import { resumed } from "./resume";
import { DEFAULTS, loadSettings, type Settings, saveSettings, speechRate } from "./settings";
import { type HeardDraft, mayAnswer, mayRecord, mayType, OPENING, type RoomState, reduce } from "./state";
import type { Calculation } from "./types";
import { useSpokenAnswer } from "./useSpokenAnswer";

export type Room = {
  state: RoomState;
  settings: Settings;
  changeSettings: (changes: Partial<Settings>) => void;
  mic: MicFailure | null;
  /** The conversation with an open microphone. */
  live: Live;
  /** The loudness in [0, 1] while recording. */
  level: () => number;
  lastRecording: Blob | null;
  reopen: () => void;
  go: (to: "arrival" | "check" | "practice") => void;
  start: () => void;
  startRecording: () => void;
  stopRecording: () => void;
  retryTranscript: () => void;
  /** Sends the recording whose words could not be shown. */
  sendRecording: () => void;
  discard: () => void;
  /** Words that were typed, chosen, or corrected; a recording that was not corrected is sent itself. */
  answer: (text: string) => void;
  retry: () => void;
  withdraw: () => void;
  /** Tries a formula; empty gives the sheet alone. Rejects with ApiError. */
  calculate: (formula: string) => Promise<Calculation>;
  hint: () => void;
  repeat: () => void;
  skip: () => void;
  end: () => void;
  hearAgain: (url: string) => void;
  playBlob: (sound: Blob) => void;
  silence: () => void;
  note: (signal: string, data: Record<string, number>) => void;
};

const NO_LINK = null;
/** The keys of answers over `/v1/realtime`: the same answer under the same key, whatever way it takes. */
const LIVE_KEY = "realtime-";
/** How often the page asks whether a paused interview goes on. */
const PAUSED_EVERY_MS = 5000;
/** How often it asks whether time was added. */
const GRANTED_EVERY_MS = 20_000;

export function useRoom(): Room {
  const [state, dispatch] = useReducer(reduce, OPENING);
  const [settings, setSettings] = useState(() => loadSettings(sessionStorage, firstSettings()));
  const api = useRef<RoomApi | null>(null);
  const pending = useRef<Answer | null>(null);
  /** The words of the recording that is being sent, as the candidate checked them. */
  const checked = useRef<HeardDraft | null>(null);
  const starting = useRef(false);
  /** Settles once the hint that was asked for last is there, or failed. */
  const hint = useRef<Promise<void>>(Promise.resolve());
  const player = useMemo(() => new Player((on) => dispatch({ type: "voice", on })), []);
  const now = useRef({ state, settings });
  now.current = { state, settings };
  const spoken = useSpokenAnswer(state, dispatch, (sound) => (api.current as RoomApi).transcript(sound));
  const { forget } = spoken;

  const speak = useCallback(
    async (url: string | null) => {
      if (url === null || !now.current.settings.readAloud || api.current === null) return;
      const sound = await api.current.recording(url).catch(() => null); // the words are on the screen
      if (sound !== null && now.current.state.turn !== "recording") {
        await player.play(sound, speechRate(now.current.settings));
      }
    },
    [player],
  );

  const send = useCallback(
    async (answer: Answer) => {
      const client = api.current;
      if (client === null) return;
      pending.current = answer;
      if ("text" in answer) saveSent(sessionStorage, { key: answer.key, text: answer.text });
      await hint.current;
      try {
        const body = await client.turn(answer, now.current.settings.readAloud, (live) =>
          dispatch({ type: "sentence", ...live }),
        );
        pending.current = null;
        saveSent(sessionStorage, null);
        saveDraft(sessionStorage, "", "");
        forget();
        dispatch({ type: "replied", body, at: Date.now() });
        void speak(body.interviewer_response.audio_url);
      } catch (error) {
        const problem = problemFrom(error);
        if (problem.code === "session-ended") dispatch({ type: "ended" });
        else dispatch({ type: "sendFailed", problem });
      }
    },
    [speak, forget],
  );

  /** The conversation as the server has it. */
  const reread = useCallback(async () => {
    const client = api.current;
    const notice = now.current.state.notice?.notice;
    if (client === null || notice === undefined) return;
    const [session, log] = await Promise.all([client.state(), client.log()]);
    const localNow = Date.now();
    if (session.status === "concluded" || session.status === "expired") dispatch({ type: "ended" });
    else dispatch({ type: "resumed", from: resumed(notice, session, log, localNow + client.clockOffsetMs, localNow) });
  }, []);

  const [liveMic, setLiveMic] = useState<MicFailure | null>(null);
  const answered = useCallback(() => {
    pending.current = null;
    saveSent(sessionStorage, null);
    saveDraft(sessionStorage, "", "");
  }, []);
  const live = useLive(state, settings, { api: () => api.current, dispatch, setMic: setLiveMic, reread, answered });
  const isLive = () => now.current.state.live === "on" || now.current.state.live === "lost";

  const restore = useCallback(async () => {
    const client = api.current;
    if (client === null) return;
    const notice = await client.notice();
    dispatch({ type: "opened", notice });
    if (notice.status !== "active" && notice.status !== "paused") return;
    const [session, log] = await Promise.all([client.state(), client.log()]);
    const localNow = Date.now();
    const from = resumed(notice.notice, session, log, localNow + client.clockOffsetMs, localNow);
    dispatch({ type: "resumed", from });
    const sent = loadSent(sessionStorage);
    if (sent === null || from.paused) return;
    dispatch({ type: "sent", id: sent.key, text: sent.text });
    await send(sent);
  }, [send]);

  const open = useCallback(async () => {
    const link = takeLink(location, history, sessionStorage);
    if (link === null) {
      dispatch({ type: "refused", problem: NO_LINK });
      return;
    }
    api.current = new RoomApi(link);
    try {
      await api.current.token();
      await restore();
    } catch (error) {
      dispatch({ type: "refused", problem: problemFrom(error) });
    }
  }, [restore]);

  useEffect(() => {
    void open();
    const onHash = () => {
      if (holdsLink(location)) location.reload();
    };
    addEventListener("hashchange", onHash);
    return () => removeEventListener("hashchange", onHash);
  }, [open]);

  useEffect(() => {
    if (state.turn !== "paused" || state.stage !== "interview") return;
    const timer = setInterval(async () => {
      const session = await api.current?.state().catch(() => null);
      if (session && session.status !== "paused") await restore().catch(() => undefined);
    }, PAUSED_EVERY_MS);
    return () => clearInterval(timer);
  }, [state.turn, state.stage, restore]);

  useEffect(() => {
    if (state.stage !== "interview") return;
    const look = async () => {
      const client = api.current;
      const notice = now.current.state.notice?.notice;
      if (client === null || notice === undefined) return;
      const session = await client.state();
      if (session.extra_time_s === now.current.state.extraS) return;
      const localNow = Date.now();
      const from = resumed(notice, session, await client.log(), localNow + client.clockOffsetMs, localNow);
      dispatch({ type: "timeGranted", extraS: from.extraS, deadlineAt: from.deadlineAt });
    };
    const timer = setInterval(() => void look().catch(() => undefined), GRANTED_EVERY_MS); // the next look tells
    return () => clearInterval(timer);
  }, [state.stage]);

  const retry = useCallback(() => {
    const answer = pending.current;
    if (now.current.state.turn !== "failed") return;
    if (now.current.state.live === "on") {
      dispatch({ type: "retried" });
      live.retry();
      return;
    }
    if (answer === null) return;
    dispatch({ type: "sent", id: answer.key, text: shownText(now.current.state, answer) });
    void send(answer);
  }, [send, live.retry]);

  // The answer waits for the connection, not for a press.
  useEffect(() => {
    addEventListener("online", retry);
    return () => removeEventListener("online", retry);
  }, [retry]);

  const note = useCallback((signal: string, data: Record<string, number>) => {
    if (now.current.state.stage !== "interview") return;
    api.current?.signal(signal, data).catch(() => undefined); // an observation may be lost
  }, []);

  useEffect(() => {
    let hiddenAt: number | null = null;
    const onChange = () => {
      if (document.hidden) hiddenAt = Date.now();
      else if (hiddenAt !== null) note("tab_hidden", { seconds: Math.round((Date.now() - hiddenAt) / 1000) });
    };
    document.addEventListener("visibilitychange", onChange);
    return () => document.removeEventListener("visibilitychange", onChange);
  }, [note]);

  const troubled = (error: unknown) => dispatch({ type: "troubled", problem: problemFrom(error) });

  const takeHint = async () => {
    try {
      const body = await api.current?.hint(crypto.randomUUID?.() ?? fallbackKey(), now.current.settings.readAloud);
      if (body === undefined) return;
      dispatch({ type: "hinted", body, at: Date.now() });
      void speak(body.interviewer_response.audio_url);
    } catch (error) {
      dispatch({ type: "hintFailed", problem: problemFrom(error) });
    }
  };

  return {
    state,
    settings,
    mic: spoken.mic ?? liveMic,
    live,
    lastRecording: spoken.lastRecording,
    level: spoken.level,
    changeSettings: (changes) => {
      const changed = { ...now.current.settings, ...changes };
      saveSettings(sessionStorage, changed);
      setSettings(changed);
      if (!changed.readAloud) player.stop();
      if (changed.answerBy !== "open") live.close();
      else if (now.current.state.stage === "interview" && now.current.state.turn === "yours") live.open();
    },
    reopen: () => void open(),
    go: (to) => dispatch({ type: "went", to }),
    start: async () => {
      if (starting.current) return; // a second press comes before the page shows the first
      starting.current = true;
      dispatch({ type: "startAsked" });
      player.stop();
      spoken.discard();
      try {
        const body = await api.current?.start(now.current.settings.readAloud);
        if (body === undefined) return;
        dispatch({ type: "replied", body, at: Date.now() });
        if (now.current.settings.answerBy === "open") live.open();
        void speak(body.interviewer_response.audio_url);
      } catch (error) {
        dispatch({ type: "startFailed", problem: problemFrom(error) });
      } finally {
        starting.current = false;
      }
    },
    startRecording: () => {
      if (!mayRecord(now.current.state)) return;
      player.stop();
      void spoken.startRecording();
    },
    stopRecording: () => void spoken.stopRecording(),
    retryTranscript: spoken.retryTranscript,
    sendRecording: () => {
      const { turn, stage } = now.current.state;
      const audio = spoken.lastRecording;
      if (turn !== "unheard" || stage !== "interview" || audio === null) return;
      player.stop();
      const key = crypto.randomUUID?.() ?? fallbackKey();
      checked.current = null;
      dispatch({ type: "sent", id: key, text: en.answer.spoken });
      void send({ key, audio });
    },
    discard: spoken.discard,
    answer: (text) => {
      const { heard, stage } = now.current.state;
      if (stage === "practice") {
        dispatch({ type: "practised", text });
        return;
      }
      if (!mayType(now.current.state)) return;
      player.stop();
      const key = crypto.randomUUID?.() ?? fallbackKey();
      if (isLive()) {
        const sent = { key: `${LIVE_KEY}${key}`, text };
        pending.current = sent;
        saveSent(sessionStorage, sent);
        dispatch({ type: "sent", id: sent.key, text });
        live.type(key, text);
        return;
      }
      checked.current = heard === null ? null : { ...heard, draft: text };
      dispatch({ type: "sent", id: key, text });
      void send(answerOf(key, text, heard, spoken.lastRecording));
    },
    retry,
    withdraw: () => {
      const answer = pending.current;
      const recorded = answer?.audio !== undefined;
      if (answer && "text" in answer && !recorded) {
        saveDraft(sessionStorage, now.current.state.card?.question_id ?? "", answer.text);
      }
      pending.current = null;
      saveSent(sessionStorage, null);
      dispatch({ type: "withdrawn", heard: recorded ? checked.current : null, unheard: recorded });
    },
    hint: () => {
      if (!mayAnswer(now.current.state) || now.current.state.hinting) return;
      dispatch({ type: "hintAsked" });
      if (now.current.state.live === "on") live.act("hint", crypto.randomUUID?.() ?? fallbackKey());
      else hint.current = takeHint();
    },
    calculate: (formula) => (api.current as RoomApi).calculate(formula),
    repeat: () => live.act("repeat", crypto.randomUUID?.() ?? fallbackKey()),
    skip: () => live.act("skip", crypto.randomUUID?.() ?? fallbackKey()),
    end: async () => {
      player.stop();
      spoken.release();
      live.close();
      try {
        await api.current?.end();
        dispatch({ type: "ended" });
      } catch (error) {
        if (error instanceof ApiError && error.problem.code === "session-ended") dispatch({ type: "ended" });
        else troubled(error);
      }
    },
    hearAgain: async (url) => {
      const sound = await api.current?.recording(url).catch(troubled);
      if (sound) await player.play(sound, speechRate(now.current.settings));
    },
    playBlob: (sound) => void player.play(sound, 1),
    silence: () => {
      player.stop();
      live.silence();
    },
    note,
  };
}

/** Where nothing can be recorded, an answer is typed. */
function firstSettings(): Settings {
  return whyNoMicrophone() === null ? DEFAULTS : { ...DEFAULTS, answerBy: "text" };
}

function shownText(state: RoomState, answer: Answer): string {
  if ("text" in answer) return answer.text;
  return state.lines.find((line) => line.id === answer.key)?.text ?? "";
}

/** `randomUUID` exists on secure origins only. */
function fallbackKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
