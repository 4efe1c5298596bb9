import { type Dispatch, useEffect, useMemo, useRef, useState } from "react";
import { type Problem, problemFrom } from "../../api/problem";
import { type OpenMicrophone, openMicrophone } from "../../audio/openMicrophone";
import { fromBase64 } from "../../audio/pcm";
import { MicError, type MicFailure } from "../../audio/recorder";
import { StreamPlayer } from "../../audio/streamPlayer";
import type { RoomApi } from "../api";
import { type Settings, speechRate } from "../settings";
import type { RoomEvent, RoomState } from "../state";
import { type Action, LiveInterview, type LiveReply, type Told } from "./connection";
import { openSocket } from "./socket";

export type Live = {
  muted: boolean;
  /** The loudness in [0, 1]. */
  level: () => number;
  /** Opens the microphone and the conversation; only in a press, or the browser plays no sound. */
  open: () => void;
  /** Closes both; the interview goes on by the other ways. */
  close: () => void;
  mute: (on: boolean) => void;
  type: (id: string, text: string) => void;
  act: (action: Action, id: string) => void;
  finish: () => void;
  retry: () => void;
  silence: () => void;
};

type Ports = {
  api: () => RoomApi | null;
  dispatch: Dispatch<RoomEvent>;
  setMic: (failure: MicFailure | null) => void;
  /** Reads the conversation from the server. */
  reread: () => Promise<unknown>;
  /** An answer has its reply. */
  answered: () => void;
  /** The interview has gone on, or ended, elsewhere. */
  overtaken: (problem: Problem) => void;
  ended: () => void;
};

/** Everything that one open microphone holds. */
type Opened = { talk: LiveInterview; microphone: OpenMicrophone; player: StreamPlayer; context: AudioContext };

/** The open microphone: what it hears goes to the server, and what the interviewer says is played as it comes. */
export function useLive(state: RoomState, settings: Settings, ports: Ports): Live {
  const [muted, setMuted] = useState(false);
  const opened = useRef<Opened | null>(null);
  const opening = useRef<symbol | null>(null);
  const now = useRef({ state, settings, ports });
  now.current = { state, settings, ports };
  const { readAloud, patient, slower } = settings;

  const live = useMemo(() => {
    const close = (playsOut = false) => {
      opening.current = null;
      const was = opened.current;
      opened.current = null;
      setMuted(false);
      if (was === null) return;
      was.talk.close(playsOut);
      was.microphone.close();
      was.player.whenSilent(() => void was.context.close());
    };

    const tell = (told: Told) => {
      const { dispatch, reread, answered, overtaken, ended } = now.current.ports;
      switch (told.type) {
        case "replied": {
          const { reply, to } = told;
          dispatch({ type: to === "hint" ? "hinted" : "replied", body: bodyOf(reply), at: Date.now() });
          if (to === "answer") answered();
          return;
        }
        case "failed":
          if (told.of === "answer" && told.problem.code === "question-not-current") return overtaken(told.problem);
          if (told.of === "answer" && told.problem.code === "session-ended") return ended();
          dispatch({ type: told.of === "hint" ? "hintFailed" : "sendFailed", problem: told.problem });
          return;
        case "withdrew":
          dispatch({ type: "told", told });
          answered();
          return;
        case "missed":
          void reread().catch(() => undefined); // the next reply shows where the interview is
          return;
        case "gaveUp":
          close();
          dispatch({ type: "liveEnded", problem: notOpened(told.problem) });
          return;
        default:
          dispatch({ type: "told", told });
      }
    };

    const open = async () => {
      const { dispatch, setMic, api } = now.current.ports;
      const client = api();
      if (client === null || opened.current !== null || opening.current !== null) return;
      const own = Symbol();
      opening.current = own;
      dispatch({ type: "told", told: { type: "status", status: "connecting" } });
      const context = new AudioContext();
      let talk: LiveInterview | null = null;
      try {
        await context.resume();
        const gone = () => tell({ type: "gaveUp", problem: problemFrom(new MicError("busy")) });
        const microphone = await openMicrophone(context, (samples) => talk?.hear(samples), gone);
        if (opening.current !== own) {
          microphone.close();
          void context.close();
          return;
        }
        const player = new StreamPlayer(context, (on) => dispatch({ type: "voice", on }));
        talk = new LiveInterview(
          {
            secret: () => client.realtimeSecret(),
            open: openSocket,
            play: (item, audio) => {
              player.rate = speechRate(now.current.settings);
              player.push(item, fromBase64(audio));
            },
            played: () => player.end(),
            stopPlaying: () => player.stop(),
            answered: async (seq) =>
              (await client.log()).some((event) => event.type === "answer.received" && event.seq > seq),
            tell,
            now: () => performance.now(),
            wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
          },
          { speaks: now.current.settings.readAloud, patient: now.current.settings.patient },
        );
        opened.current = { talk, microphone, player, context };
        setMic(null);
        await talk.start((await client.log()).at(-1)?.seq ?? 0);
      } catch (error) {
        if (opening.current !== own) return;
        close();
        void context.close().catch(() => undefined);
        if (error instanceof MicError) setMic(error.reason);
        dispatch({ type: "liveEnded", problem: error instanceof MicError ? null : notOpened(problemFrom(error)) });
      } finally {
        if (opening.current === own) opening.current = null;
      }
    };

    return {
      leave: () => close(true),
      level: () => opened.current?.microphone.level() ?? 0,
      open: () => void open(),
      close: () => {
        close();
        now.current.ports.dispatch({ type: "liveEnded", problem: null });
      },
      mute: (on: boolean) => {
        opened.current?.microphone.mute(on);
        setMuted(on);
      },
      type: (id: string, text: string) => opened.current?.talk.type(id, text),
      act: (action: Action, id: string) => opened.current?.talk.act(action, id),
      finish: () => opened.current?.talk.finish(),
      retry: () => opened.current?.talk.retry(),
      silence: () => opened.current?.talk.silence(),
    };
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the speed counts from the next piece
  useEffect(() => {
    opened.current?.talk.configure({ speaks: readAloud, patient });
  }, [readAloud, patient, slower]);

  // The microphone is on only while the interview is shown and running; the interviewer's last words are heard.
  const talks = state.stage === "interview" && state.turn !== "paused";
  useEffect(() => {
    if (!talks && opened.current !== null) live.leave();
  }, [talks, live]);

  useEffect(() => () => live.close(), [live]);

  return { ...live, muted };
}

/** A server without the open microphone is no reason to doubt the link. */
function notOpened(problem: Problem): Problem {
  return problem.status === 403 || problem.status === 404 ? { ...problem, code: "refused" } : problem;
}

function bodyOf(reply: LiveReply) {
  const { turn_number, ...interviewer_response } = reply;
  return { interview_id: "", turn_number, interviewer_response };
}
