import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from "react";
import { newKey } from "../api/idempotencyKey";
import { ApiError, type Problem, problemFrom } from "../api/problem";
import { Player } from "../audio/player";
import { type MicFailure, whyNoMicrophone } from "../audio/recorder";
import { answerOf } from "./answers";
import { RoomApi } from "./api";
import { clearDraft, loadDraft, loadKept, loadSent, saveDraft, saveKept, saveSent } from "./drafts";
import { isLogged, resendDelayMs, wordsOf } from "./kept";
import { holdsLink, takeLink } from "./link";
import { type Live, useLive } from "./live/useLive";
import { resumed } from "./resume";
import { DEFAULTS, loadSettings, type Settings, saveSettings, speechRate } from "./settings";
import {
  answeredQuestion,
  holdsSpeech,
  mayAnswer,
  mayRecord,
  mayType,
  OPENING,
  type RoomState,
  reduce,
  SPOKEN,
} from "./state";
import type { Answer, Calculation, HeardDraft, Kept } from "./types";
import { useSpokenAnswer } from "./useSpokenAnswer";
import { speak as speakLanguage, speaks } from "./words";

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
  /** A request to the interviewer, in words; the unsent answer stays, unless it `leaves` the question. */
  ask: (text: string, leaves: boolean) => void;
  /** The candidate has what was not saved. */
  dismissKept: () => void;
  retry: () => void;
  withdraw: () => void;
  /** Tries a formula; empty gives the sheet alone. Rejects with ApiError. */
  calculate: (formula: string) => Promise<Calculation>;
  hint: () => void;
  repeat: () => void;
  skip: () => void;
  /** Leaves the interview until another day. */
  leave: () => void;
  /** Returns to the interview from a pause. */
  comeBack: () => void;
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
  /** The open microphone's turn is a request: the unsent answer stays. */
  const requested = useRef(false);
  /** Settles once the hint that was asked for last is there, or failed. */
  const hint = useRef<Promise<void>>(Promise.resolve());
  const player = useMemo(() => new Player((on) => dispatch({ type: "voice", on })), []);
  const now = useRef({ state, settings });
  now.current = { state, settings };
  const spoken = useSpokenAnswer(state, dispatch, (sound) => (api.current as RoomApi).transcript(sound));
  const { forget } = spoken;
  /** How often the answer that failed has been sent again by itself. */
  const tries = useRef(0);

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

  /** Beside the question that is shown now, whose field is empty: they were for another one. */
  const keep = useCallback((kept: Kept | null) => {
    if (kept !== null) clearDraft(sessionStorage);
    saveKept(sessionStorage, kept);
    dispatch({ type: "kept", kept });
  }, []);

  /** The conversation as the server has it; the number of its last turn, null where it is not read. */
  const reread = useCallback(async (): Promise<number | null> => {
    const client = api.current;
    const notice = now.current.state.notice?.notice;
    if (client === null || notice === undefined) return null;
    const [session, log] = await Promise.all([client.state(), client.log()]);
    const localNow = Date.now();
    if (session.status === "concluded" || session.status === "expired") dispatch({ type: "ended" });
    else dispatch({ type: "resumed", from: resumed(notice, session, log, localNow + client.clockOffsetMs, localNow) });
    return session.turn_number;
  }, []);

  const letGo = useCallback(() => {
    pending.current = null;
    tries.current = 0;
    saveSent(sessionStorage, null);
  }, []);

  /** The interview is elsewhere than this page showed: what it is at is shown, and the answer's words are kept. */
  const overtaken = useCallback(
    async (answer: Answer | null, problem: Problem) => {
      const { asking, card } = now.current.state;
      letGo();
      forget();
      dispatch({ type: "withdrawn" });
      const text = answer === null || answer.request ? "" : wordsOf(answer, checked.current);
      try {
        const turn = await reread();
        const same = turn === answer?.to?.turn_number;
        if (text !== "" && same) saveDraft(sessionStorage, card?.question_id ?? "", "words", text);
        else if (text !== "") keep({ question: asking, text });
        if (text === "" || same) dispatch({ type: "troubled", problem });
      } catch (error) {
        if (text !== "") keep({ question: asking, text });
        dispatch({ type: "troubled", problem: problemFrom(error) });
      }
    },
    [forget, keep, letGo, reread],
  );

  /** The interview ended elsewhere: the page says whether this answer is part of it. */
  const endedElsewhere = useCallback(
    async (answer: Answer | null) => {
      const log = await api.current?.log().catch(() => []);
      if (answer !== null && !answer.request && !isLogged(answer, log ?? [])) {
        keep({ question: now.current.state.asking, text: wordsOf(answer, checked.current) });
      }
      letGo();
      dispatch({ type: "ended" });
    },
    [keep, letGo],
  );

  const send = useCallback(
    async (answer: Answer) => {
      const client = api.current;
      if (client === null) return;
      pending.current = answer;
      if ("text" in answer) {
        const { key, text, to, request } = answer;
        saveSent(sessionStorage, { key, text, ...(to && { to }), ...(request && { request }) });
      }
      await hint.current;
      try {
        const body = await client.turn(answer, now.current.settings.readAloud, (live) =>
          dispatch({ type: "sentence", ...live }),
        );
        letGo();
        if (!answer.request) clearDraft(sessionStorage);
        forget();
        dispatch({ type: "replied", body, at: Date.now() });
        void speak(body.interviewer_response.audio_url);
      } catch (error) {
        const problem = problemFrom(error);
        if (problem.code === "session-ended") await endedElsewhere(answer);
        else if (problem.code === "question-not-current" || problem.code === "conflict")
          await overtaken(answer, problem);
        else dispatch({ type: "sendFailed", problem });
      }
    },
    [speak, forget, letGo, overtaken, endedElsewhere],
  );

  const [liveMic, setLiveMic] = useState<MicFailure | null>(null);
  const answered = useCallback(() => {
    letGo();
    if (!requested.current) clearDraft(sessionStorage);
    requested.current = false;
  }, [letGo]);
  const live = useLive(state, settings, {
    api: () => api.current,
    dispatch,
    setMic: setLiveMic,
    reread,
    answered,
    overtaken: (problem) => void overtaken(pending.current, problem),
    ended: () => void endedElsewhere(pending.current),
  });
  const isLive = () => now.current.state.live === "on" || now.current.state.live === "lost";

  const restore = useCallback(async () => {
    const client = api.current;
    if (client === null) return;
    const notice = await client.notice();
    await speakLanguage(notice.notice.language).catch(() => undefined); // the words before it are understood, too
    if (!notice.hears) setSettings((chosen) => ({ ...chosen, answerBy: "text" }));
    dispatch({ type: "opened", notice });
    dispatch({ type: "kept", kept: loadKept(sessionStorage) });
    if (notice.status !== "active" && notice.status !== "paused") return;
    const [session, log] = await Promise.all([client.state(), client.log()]);
    const localNow = Date.now();
    const from = resumed(notice.notice, session, log, localNow + client.clockOffsetMs, localNow);
    dispatch({ type: "resumed", from });
    const sent = loadSent(sessionStorage);
    const heard = loadDraft(sessionStorage, from.card?.question_id ?? "", "heard");
    if (sent === null && heard !== undefined) dispatch({ type: "heardAgain", heard });
    if (sent === null || from.paused) return;
    dispatch({ type: "sent", id: sent.key, text: sent.text });
    await send(sent);
  }, [send]);

  const open = useCallback(async () => {
    const own = navigator.languages.find(speaks); // until the interview's language is known
    if (own !== undefined) await speakLanguage(own).catch(() => undefined);
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

  // It also comes back by itself once a server that was away, or busy, answers again.
  useEffect(() => {
    if (state.turn !== "failed" || state.live !== "off" || state.trouble?.retryable !== true) return;
    const timer = setTimeout(retry, resendDelayMs(tries.current, state.trouble.retryAfterS));
    tries.current += 1;
    return () => clearTimeout(timer);
  }, [state.turn, state.live, state.trouble, retry]);

  useEffect(() => {
    const onLeave = (event: BeforeUnloadEvent) => {
      if (holdsSpeech(now.current.state) || pending.current?.audio !== undefined) event.preventDefault();
    };
    addEventListener("beforeunload", onLeave);
    return () => removeEventListener("beforeunload", onLeave);
  }, []);

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
      const to = answeredQuestion(now.current.state);
      const body = await api.current?.hint(newKey(), now.current.settings.readAloud, to);
      if (body === undefined) return;
      dispatch({ type: "hinted", body, at: Date.now() });
      void speak(body.interviewer_response.audio_url);
    } catch (error) {
      const problem = problemFrom(error);
      dispatch({ type: "hintFailed", problem });
      if (problem.code === "question-not-current") await overtaken(null, problem);
      else if (problem.code === "session-ended") await endedElsewhere(null);
    }
  };

  const answer = (text: string, request: boolean, leaves: boolean) => {
    const { heard, stage } = now.current.state;
    if (stage === "practice") {
      dispatch({ type: "practised", text });
      return;
    }
    if (!mayType(now.current.state)) return;
    player.stop();
    keep(null);
    const key = newKey();
    const about = { to: answeredQuestion(now.current.state), ...(request && !leaves && { request }) };
    if (isLive()) {
      const sent = { key: `${LIVE_KEY}${key}`, text, ...about };
      pending.current = sent;
      requested.current = request && !leaves;
      saveSent(sessionStorage, sent);
      dispatch({ type: "sent", id: sent.key, text });
      live.type(key, text);
      return;
    }
    checked.current = heard === null || request ? null : { ...heard, draft: text };
    dispatch({ type: "sent", id: key, text });
    void send({ ...(request ? { key, text } : answerOf(key, text, heard, spoken.lastRecording)), ...about });
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
      const key = newKey();
      checked.current = null;
      dispatch({ type: "sent", id: key, text: SPOKEN });
      void send({ key, audio, to: answeredQuestion(now.current.state) });
    },
    discard: () => {
      saveDraft(sessionStorage, now.current.state.card?.question_id ?? "", "heard", null);
      spoken.discard();
    },
    answer: (text) => answer(text, false, false),
    ask: (text, leaves) => answer(text, true, leaves),
    dismissKept: () => keep(null),
    retry,
    withdraw: () => {
      const answer = pending.current;
      const recorded = answer?.audio !== undefined;
      if (answer && "text" in answer && !recorded && !answer.request) {
        saveDraft(sessionStorage, now.current.state.card?.question_id ?? "", "words", answer.text);
      }
      letGo();
      dispatch({ type: "withdrawn", heard: recorded ? checked.current : null, unheard: recorded });
    },
    hint: () => {
      if (!mayAnswer(now.current.state) || now.current.state.hinting) return;
      dispatch({ type: "hintAsked" });
      if (now.current.state.live === "on") live.act("hint", newKey());
      else hint.current = takeHint();
    },
    calculate: (formula) => (api.current as RoomApi).calculate(formula),
    repeat: () => {
      requested.current = true;
      live.act("repeat", newKey());
    },
    skip: () => live.act("skip", newKey()),
    leave: async () => {
      if (!mayAnswer(now.current.state)) return;
      player.stop();
      spoken.release();
      live.close();
      dispatch({ type: "leaving" });
      try {
        const state = (await api.current?.pause(answeredQuestion(now.current.state)))?.session_state;
        if (state?.return_by) dispatch({ type: "left", pauses: state.pauses ?? 0, returnBy: state.return_by });
      } catch (error) {
        const problem = problemFrom(error);
        if (problem.code === "session-ended") await endedElsewhere(null);
        else if (problem.code === "question-not-current") await overtaken(null, problem);
        else dispatch({ type: "troubled", problem });
      }
    },
    comeBack: async () => {
      if (starting.current) return;
      starting.current = true;
      dispatch({ type: "startAsked" });
      try {
        const body = await api.current?.resume(now.current.settings.readAloud);
        if (body === undefined) return;
        const turn = await reread(); // the whole conversation, also on another device
        if (turn === null) return;
        const { time_left_s, audio_url } = body.interviewer_response;
        const deadlineAt = Date.now() + time_left_s * 1000;
        dispatch({ type: "timeGranted", extraS: now.current.state.extraS, deadlineAt });
        void speak(audio_url);
      } catch (error) {
        const problem = problemFrom(error);
        if (problem.code === "session-ended") dispatch({ type: "ended" });
        else dispatch({ type: "startFailed", problem });
      } finally {
        starting.current = false;
      }
    },
    end: async () => {
      player.stop();
      spoken.release();
      live.close();
      try {
        const body = await api.current?.end();
        if (body !== undefined) dispatch({ type: "ended", closing: body.interviewer_response.text });
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
