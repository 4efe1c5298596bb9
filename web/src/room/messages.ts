/**
 * Every word of the room in one typed object. English is the source; `messages.de.ts`, `.fr.ts` and `.es.ts` have its
 * type, so that a missing word does not compile. `words.ts` chooses by the interview's language.
 */

import type { MicFailure } from "../audio/recorder";
import { MAX_ANSWER_CHARS } from "./limit";
import type { Phase } from "./types";

/** Numbers with the language's grouping. */
export const numberIn = (locale: string) => (count: number) => count.toLocaleString(locale);

/** "1 hint", "2 hints" */
export const counted = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`;

const grouped = numberIn("en");

export const en = {
  /** BCP 47, for the page's `lang`, and for dates and numbers. */
  locale: "en",
  product: "Interview",
  skip: "Skip to the content",
  opening: "Opening your interview…",
  close: "Close",
  cancel: "Cancel",
  retry: "Try again",
  quoted: (said: string) => `“${said}”`,

  refused: {
    noLink: "Open this page with the link from your invitation",
    noLinkBody:
      "The link ends with a long code after the # sign. If it was cut in your e-mail, copy the whole link into the address bar.",
    invalid: "This link does not open an interview any more",
    invalidBody:
      "It may have been replaced by a newer one, its time may be over, or the interview was deleted. Ask the person who invited you.",
    failed: "The interview cannot be opened right now",
    reload: "Try again",
  },

  arrival: {
    hello: (name: string) => (name === "" ? "Welcome" : `Welcome, ${name}`),
    lead: (title: string) => `You are invited to an interview for ${title}.`,
    minutes: (n: number) => `At most ${n} minutes`,
    minutesBody: "Pauses to think are fine. Your answers are saved one by one.",
    extraTime: (n: number) => `${counted(n, "minute of it is", "minutes of it are")} extra time for you.`,
    ai: "An AI asks the questions",
    aiBody: "People read the result and make the decision.",
    either: "Speak or type",
    eitherBody: "You can change at any time, also in the middle of the interview.",
    again: "The same link brings you back",
    againBody: "If the connection drops, open it again: you continue at the same question.",
    pauses: (times: number, days: number) =>
      `You can pause the interview ${times === 1 ? "once" : `${times} times`} and go on up to ${counted(days, "day", "days")} later. The clock stops.`,
    hints: (n: number) =>
      `${counted(n, "hint is", "hints are")} there if you want. Each tells its cost before you take it.`,
    consentTitle: "What happens with your answers",
    consent: "I have read this and agree to take part.",
    consentMissing: "Please tick the box to continue.",
    humanTitle: "Rather talk to a person?",
    human:
      "Write to the contact in your invitation and do not start. You can also ask during the interview: your wish is passed on, and nothing is held against you.",
    settingsTitle: "What would help you?",
    next: "Continue",
    direct: "Start without a check",
  },

  settings: {
    title: "Adjustments",
    how: "How would you like to answer?",
    voice: "Press to speak, and check each answer before it counts",
    open: "Open microphone, like a phone call",
    text: "I prefer to type my answers",
    patient: "Wait longer when I pause (open microphone)",
    readAloud: "Read the interviewer's words aloud",
    slower: "Speak more slowly",
    captions: "Show the interviewer's words large, as captions",
    timer: "Show the remaining time",
    extra:
      "Need extra time, or something else? Ask for it with “Help” during the interview. The hiring team sees your request and decides.",
    extraHere: "Need extra time, or something else? Choose “Ask for an adjustment” above.",
  },

  check: {
    title: "Check your microphone",
    lead: "Say a sentence. You will hear it, and see what was understood. Nothing of this is kept.",
    sample: "For example: “Good morning, I am ready for the interview.”",
    start: "Record a sentence",
    stop: "Stop",
    hearing: "Listening to your sentence…",
    understood: "This is what was understood",
    yours: "Your recording",
    right: "That's right",
    again: "Record again",
    type: "Type instead",
    low: "Parts of it were hard to understand. A quieter place or a headset may help; in the interview you see every answer before it counts.",
    level: "Loudness of your microphone",
  },

  practice: {
    title: "A question to practise",
    lead: "It is not graded and not kept. See how answering works.",
    prompt: "How did you get to where you are sitting now?",
    done: "That is how it works",
    doneBody: "In the interview, your answer would now be saved and the next question would follow.",
    start: "Start the interview",
    skip: "Skip the practice",
  },

  interview: {
    question: (n: number) => `Question ${n}`,
    phase: {
      intro: "Introduction",
      technical: "Technical",
      behavioral: "Your experience",
      closing: "Your questions",
    } satisfies Record<Phase, string>,
    progress: "Parts of the interview",
    turn: {
      yours: "Your turn",
      listening: "Your turn: just speak",
      talking: "We hear you. Take your time",
      lost: "The connection dropped and is coming back. What you say is kept",
      speaking: "The interviewer is speaking",
      recording: "Recording: we can hear you",
      hearing: "Writing down what you said…",
      checking: "Check your answer, then send it",
      unheard: "Your answer is recorded, but not sent yet",
      thinking: "Your answer is saved. The interviewer is thinking…",
      resending: "Sending your answer again…",
      replying: "The interviewer is answering",
      failed: "Your answer could not be sent",
      paused: "Paused: a person takes a look before we go on",
    },
    pausedBody:
      "You need to do nothing. This page continues by itself; you may also close it and come back with the same link.",
    you: "You",
    interviewer: "Interviewer",
    conversation: "Conversation",
    play: "Hear it again",
    silence: "Stop voice",
    timeLeft: (minutes: number) => (minutes < 1 ? "Last minute" : `${minutes} min left`),
    timeUp: "Time is over",
    extraTime: (minutes: number) =>
      `The hiring team added ${counted(minutes, "minute", "minutes")}. The questions stay the same.`,
    warnTime: (minutes: number) => `${minutes} minutes are left.`,
  },

  answer: {
    label: "Your answer",
    speak: "Speak",
    hold: "Press to start, press again to stop. Or hold it while you speak.",
    stop: "Stop and check",
    cancel: "Throw away",
    type: "Type instead",
    speakInstead: "Speak instead",
    press: "Press to speak instead",
    open: "Open microphone",
    typeHint: "Ctrl + Enter sends it.",
    send: "Send answer",
    heard: "What was understood",
    heardHint: "Correct it if a word is wrong. It counts as you send it.",
    low: "Some words were hard to understand. Please read it once more.",
    again: "Record again",
    unheard: "What you said could not be shown",
    unheardKept: "Your recording is kept.",
    sendAsItIs: "Send it as it is",
    spoken: "(your recording)",
    empty: "Write or choose an answer first.",
    option: (letter: string, text: string) => `Option ${letter}: ${text}`,
    options: (letters: string, last: string) => `Options ${letters} and ${last}.`,
    choose: "Choose one answer",
    chooseMany: "Choose all that apply",
    number: "Your number",
    numberHint: "With its unit, if there is one.",
    order: "Put these in order",
    orderHint: "The first at the top.",
    up: (item: string) => `Move “${item}” up`,
    down: (item: string) => `Move “${item}” down`,
    formula: "Your formula",
    formulaHint: "It begins with =, for example =SUM(A2:A11).",
    sheet: "An example sheet of this question",
    sheetNote: "These values are an example. Your formula is graded on other values too.",
    try: "Try it on the sheet",
    gives: "gives",
    result: "What your formula gives",
    noResult: "The formula gives no result",
    notTried: "The formula could not be tried. You can still send it",
    words: "Answer in words instead",
    back: "Back to the form",
    failedAgain: "Nothing is lost. The page sends it again by itself; “Try again” sends it now. It counts once.",
    failedFinal: "Your words are kept. Sending them once more as they are would not help.",
    tooLong: (count: number) =>
      `Your answer has ${grouped(count)} characters; ${grouped(MAX_ANSWER_CHARS)} can be sent. Please cut ${grouped(count - MAX_ANSWER_CHARS)}.`,
    nearLimit: (count: number) => `${grouped(count)} of at most ${grouped(MAX_ANSWER_CHARS)} characters`,
    pasteTooLong: (count: number) =>
      `The pasted text has ${grouped(count)} characters; an answer has at most ${grouped(MAX_ANSWER_CHARS)}. It was not pasted. Please paste a shorter part.`,
    withdraw: "Change the answer",
    corrected: "corrected by you",
  },

  live: {
    open: "Open the microphone",
    openHint:
      "It stays on: you talk as on a phone call, and a pause ends your answer. You can interrupt, mute it, or type at any time.",
    connecting: "Opening the microphone…",
    on: "The microphone is on",
    muted: "The microphone is muted",
    done: "I'm done",
    mute: "Mute",
    unmute: "Unmute",
    close: "Close the microphone",
    offer: {
      take_your_time: "Take your time.",
      nudge: "Whenever you are ready. Thinking aloud is fine.",
      repeat_or_skip: "Shall the question be repeated, or skipped?",
      pause: "You can close this page and come back with the same link.",
      unclear: "No words were understood. Please say it again, or type.",
    },
  },

  mic: {
    denied:
      "The browser may not use the microphone. Allow it with the symbol in the address bar and try again, or type.",
    missing: "No microphone was found. Connect one and try again, or type.",
    busy: "The microphone cannot be opened; another program may be using it. Close it and try again, or type.",
    insecure:
      "This page was opened without encryption, so the browser offers no microphone. Ask for a link that begins with https://, or type your answers.",
    unsupported: "This browser cannot record sound. Use a current one, or type your answers.",
  } satisfies Record<MicFailure, string>,
  micTitle: "The microphone is not available",
  insecureTitle: "Speaking is not possible on this address",
  typedTitle: "This interview is answered in writing",
  typed: "The speech recognition here does not know the language of this interview. Please type your answers.",

  hint: {
    take: "Take a hint",
    cost: (percent: number) => `costs ${percent}\u00a0%`,
    title: "Take a hint?",
    body: (percent: number, left: number) =>
      `It lowers the score of this answer by ${percent}\u00a0%. You have ${counted(left, "hint", "hints")} left for this question.`,
    unknown: "It lowers the score of this answer a little.",
    yes: "Take the hint",
  },

  help: {
    open: "Help",
    title: "How can we help?",
    repeat: "Repeat the question",
    explain: "Explain the question",
    skip: "Skip this question",
    skipBody: "It counts as unanswered.",
    person: "Ask for a person",
    personBody: "Your wish for a human interviewer is passed on to the hiring team.",
    time: "Ask for an adjustment",
    timeBody: "Extra time, for example. The hiring team sees the request and decides; take your time meanwhile.",
    pause: "Take a break",
    pauseBody: "Close this page. The same link brings you back to this question. The interview's clock goes on.",
    stop: "Pause the interview",
    stopBody: (days: number) =>
      `The clock stops, and you can go on up to ${counted(days, "day", "days")} later with the same link.`,
    stopLeft: (left: number) => (left === 1 ? "You can do this once more." : `You can do this ${left} more times.`),
    stopBusy: "Send your answer, or throw it away, first.",
    stopTitle: "Pause the interview now?",
    stopDraft: "An answer that you have begun stays in this window only. The question is asked again when you return.",
    stopYes: "Pause it",
    end: "End the interview",
    endBody: "Your answers so far are evaluated. It cannot be continued.",
    endTitle: "End the interview now?",
    endYes: "End it",
    said: {
      repeat: "Please repeat the question.",
      explain: "Please explain the question.",
      skip: "I'd like to skip this question.",
      person: "I would like to speak to a human interviewer.",
      time: "I would like to ask for an accommodation.",
    },
  },

  kept: {
    title: "Your last answer was not sent",
    moved: "The interview has gone on in another window or on another device. This page shows its question now.",
    over: "The interview had ended in another window or on another device, so this answer is not part of it. Your answers before it are saved.",
    question: "The question was",
    words: "Your words",
    noWords: "You answered with a recording, which could not be kept.",
    copy: "Copy my words",
    copied: "Copied",
    dismiss: "Hide this",
  },

  paused: {
    title: "Your interview is paused",
    until: (date: string) => `You can go on until ${date}.`,
    link: "The same link brings you back. You can close this page.",
    clock: "The clock stands still. When you return, the question is asked again.",
    after: "If you do not return by then, the interview ends, and your answers so far are evaluated.",
    left: (left: number) =>
      left === 0
        ? "After that you cannot pause it again."
        : `After that you can pause it ${left === 1 ? "once" : `${left} times`} more.`,
    resume: "Go on with the interview",
  },

  ended: {
    title: ["Thank you.", "That was the interview."],
    saved: "All your answers are saved. You can close this page.",
    nextTitle: "What happens next",
    next: (days: number) => [
      "Software grades each answer against written criteria and quotes your own words.",
      "A person on the hiring team reads the report and can correct every grade. People decide, not the software.",
      days === 0
        ? "Your contact in the invitation tells you about the next step."
        : `Your contact in the invitation tells you within ${days === 1 ? "a day" : `${days} days`} of the interview how it went and what comes next.`,
    ],
    rights:
      "You can ask that contact for a copy of your data, for its deletion, or for a person to look at a grade again.",
  },

  trouble: "That did not work",

  problem: {
    busy: "The server is busy right now.",
    away: "A part of the interview does not answer right now.",
    link: "Your link does not open this interview any more. Ask the person who invited you for a new one.",
    rejected: "This answer could not be accepted as it is. Change it and send it again.",
    lost: "The connection was interrupted.",
    sound: "This recording cannot be read. Please record it again, or type.",
    offline: "The server cannot be reached.",
    notBack: "The connection did not come back.",
    noOpenMicrophone: "The open microphone is not available now. Press to speak, or type.",
    superseded: "The interview has been opened in another window, which has the microphone now.",
    empty: "The recording is empty. Check that your microphone is on, and record it again.",
    silent: "No speech was heard. Speak a little louder or nearer to the microphone, or type.",
    recordingTooLarge: "The recording is too long to be sent. Give a shorter answer, or type.",
    recordingTooLong: "The recording is too long. Give a shorter answer, or type.",
    infected: "The recording was refused by the security check. Please type your answer.",
    answerTooLong: "This answer is too long. Please shorten it.",
    unsupported: "This is not possible in this interview. Please type your answer.",
    deleted: "This interview has been deleted.",
    changed: "The interview has changed meanwhile. Have a look at the question, then send your answer.",
    ended: "The interview has ended.",
    movedOn: "The interview has gone on in another window. This is its question now.",
    working: "An answer of yours is still being worked on. It only takes a moment.",
    slow: "The server took too long.",
    internal: "Something went wrong on the server.",
    tooLarge: "This is too large to be sent. Please give a shorter answer.",
  },
};

export type Messages = typeof en;
