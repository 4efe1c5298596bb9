import { describe, expect, it } from "vitest";
import type { EventRecord, GradeVersion, Question, Report } from "../staff/types";
import { GROUPS, type Group, groupOf, matching, summaryOf } from "./eventText";
import { encodeFilters, listPath, NO_FILTERS, parseFilters } from "./filters";
import { hrefOf, parseRoute, type Route } from "./route";
import { timeline } from "./timeline";
import { leastCertainFirst, replaced, uncertainty } from "./uncertainty";
import { differences, measured, onAxis, toldApart } from "./whiskers";
import { meanOfParts, total, working } from "./working";

function version(score: number, changes: Partial<GradeVersion["grade"]> = {}, source = "inline"): GradeVersion {
  const grade = {
    score,
    level: "good",
    confidence: 0.9,
    rationale: "",
    grader: "coverage",
    needs_review: false,
    review_reason: "",
    provisional: false,
    criteria: [],
    evidence: [],
    hint_cost: 0,
    prompt: "",
    understood: true,
    ...changes,
  };
  return { recorded_at: "2026-01-01T00:00:00Z", source, grade, author: "", reason: "", seq: 1 };
}

function question(number: number, grades: GradeVersion[], changes: Partial<Question> = {}): Question {
  return {
    number,
    question_id: `q${number}`,
    question_type: "technical",
    skill: "sql",
    phase: "technical",
    prompt: "Why?",
    wording: "",
    core: true,
    skipped: false,
    graded: true,
    answers: [
      {
        turn: number,
        text: "x",
        received_at: "",
        asked: "",
        confidence: null,
        audio_url: null,
        duration_s: null,
      },
    ],
    grades,
    quotes: [],
    hints_used: 0,
    follow_ups: 0,
    clarifications: 0,
    prompt_version: "",
    ...changes,
  };
}

describe("route", () => {
  const routes: Route[] = [
    { page: "inbox", filters: "" },
    { page: "inbox", filters: "plan=a%26b&status=active" },
    { page: "interview", id: "i-1", tab: "report" },
    { page: "interview", id: "i.1_x", tab: "log" },
    { page: "comparison", plan: "a b&c", interviews: ["i-1", "i-2"] },
  ];
  it.each(routes)("survives its own address: %o", (route) => {
    expect(parseRoute(hrefOf(route))).toEqual(route);
  });
  it("falls back to the inbox and to the report", () => {
    expect(parseRoute("#/nowhere")).toEqual({ page: "inbox", filters: "" });
    expect(parseRoute("#/interview/i-1/nothing")).toEqual({ page: "interview", id: "i-1", tab: "report" });
    expect(parseRoute("#/interview/%E0%A4%A")).toMatchObject({ page: "interview" });
  });
});

describe("filters", () => {
  it("keep only what is set, there and back", () => {
    const filters = { ...NO_FILTERS, candidate: "Ada & Co", review: "true", scoreMin: "0.4" };
    expect(parseFilters(encodeFilters(filters))).toEqual(filters);
    expect(encodeFilters(NO_FILTERS)).toBe("");
  });
  it("include the last day", () => {
    const path = listPath({ ...NO_FILTERS, since: "2026-01-05", until: "2026-01-05" }, "next");
    const query = new URLSearchParams(path.split("?")[1]);
    const hours = (Date.parse(query.get("until") ?? "") - Date.parse(query.get("since") ?? "")) / 3_600_000;
    expect(hours).toBe(24);
    expect(query.get("cursor")).toBe("next");
    expect(query.has("plan")).toBe(false);
  });
});

describe("uncertainty", () => {
  it("puts missing grades first, then those that ask for a person, then by confidence", () => {
    const settled = question(1, [version(0.9, { needs_review: true }), version(0.5, {}, "override")]);
    const sure = question(2, [version(0.9, { confidence: 0.95 })]);
    const unsure = question(3, [version(0.9, { confidence: 0.3 })]);
    const asks = question(4, [version(0.9, { needs_review: true })]);
    const missing = question(5, []);
    const unavailable = question(6, [version(0, { grader: "unavailable" })]);
    const order = leastCertainFirst([settled, sure, unsure, asks, missing, unavailable]).map((one) => one.number);
    expect(order).toEqual([5, 6, 4, 3, 2, 1]);
  });
  it("asks for nothing where nothing was to grade", () => {
    expect(uncertainty(question(1, [], { graded: false }))).toBe(0);
    expect(uncertainty(question(1, [], { skipped: true }))).toBe(0);
    expect(uncertainty(question(1, [], { answers: [] }))).toBe(0);
  });
  it("remembers the machine's grade behind a person's", () => {
    const grades = [version(0.2), version(0.4), version(0.9, {}, "override"), version(0.8, {}, "override")];
    expect(replaced(question(1, grades))?.grade.score).toBe(0.4);
    expect(replaced(question(1, grades.slice(0, 2)))).toBeUndefined();
  });
});

describe("working", () => {
  const skills = [
    { skill: "sql", weight: 0.6 },
    { skill: "apis", weight: 0.4 },
    { skill: "talk", weight: 0 },
  ] as Report["skills"];
  it("computes the weighted score from the standing grades that judge", () => {
    const questions = [
      question(1, [version(0.2), version(0.6)]),
      question(2, [version(0.8)]),
      question(3, [version(0, { grader: "not scored" })]),
      question(4, [version(0.5)], { skill: "apis" }),
      question(5, [version(1)], { skill: "talk" }),
    ];
    const parts = working({ skills, questions });
    expect(parts.map((part) => [part.skill, part.scores])).toEqual([
      ["sql", [0.6, 0.8]],
      ["apis", [0.5]],
    ]);
    expect(total(parts)).toBeCloseTo(0.6 * 0.7 + 0.4 * 0.5);
    expect(total([])).toBeNull();
  });
});

describe("the parts of a grade", () => {
  const part = (score: number, weight: number | null) => ({
    criterion: "",
    level: 0,
    score,
    quote: "",
    rationale: "",
    spread: 0,
    weight,
  });
  it("make its score by their weights, where the log has them", () => {
    expect(meanOfParts({ criteria: [part(1, 3), part(0, 1)] })).toBe(0.75);
    expect(meanOfParts({ criteria: [part(1, 3), part(0, null)] })).toBeNull();
    expect(meanOfParts({ criteria: [] })).toBeNull();
  });
});

describe("whiskers", () => {
  const ability = (theta: number, standard_error: number, items = 3) => ({
    skill: "sql",
    theta,
    standard_error,
    items,
  });
  it("tells abilities apart only beyond their errors", () => {
    expect(toldApart(ability(1, 0.5), ability(0, 0.5))).toBe(false);
    expect(toldApart(ability(1.5, 0.5), ability(0, 0.5))).toBe(true);
    expect(toldApart(ability(1, 0), ability(0, 0))).toBe(false);
  });
  it("keeps the axis", () => {
    expect([onAxis(-9), onAxis(0), onAxis(9)]).toEqual([0, 0.5, 1]);
  });
  it("names the higher of a pair first and leaves out the unmeasured", () => {
    const one = { interview_id: "low", abilities: [ability(-2, 0.3)] };
    const other = { interview_id: "high", abilities: [ability(2, 0.3)] };
    const none = { interview_id: "none", abilities: [ability(0, 1, 0)] };
    const found = measured([one, none, other] as never, "sql");
    expect(found.map((entry) => entry.interview.interview_id)).toEqual(["low", "high"]);
    expect(differences(found).map(([first]) => first.interview.interview_id)).toEqual(["high"]);
  });
});

function event(seq: number, type: string, data: Record<string, unknown>, second = seq): EventRecord {
  return { seq, type, data, time: new Date(Date.UTC(2026, 0, 1, 9, 0, second)).toISOString() };
}

const LOG = [
  event(1, "session.started", { interview_id: "i-1" }),
  event(2, "response.sent", { turn: 0, text: "Welcome.", audio_url: "/session/audio/i-1/0-interviewer.wav" }),
  event(3, "answer.received", { turn: 1, audio: { url: "/session/audio/i-1/1-candidate.wav", duration_s: 0 } }),
  event(4, "answer.transcribed", { turn: 1, text: "An index.", duration_s: 4 }),
  event(5, "answer.received", { turn: 2, text: "Typed.", audio: { url: "https://elsewhere.example/x.wav" } }),
  event(6, "tool.called", { turn: 2, tool: "grade_answer" }),
  event(7, "unheard.of", {}),
];

describe("timeline", () => {
  it("is what was said, with words, lengths and recordings of this server alone", () => {
    const said = timeline(LOG);
    expect(said.map((one) => [one.speaker, one.text, one.at])).toEqual([
      ["interviewer", "Welcome.", 1],
      ["candidate", "An index.", 2],
      ["candidate", "Typed.", 4],
    ]);
    expect(said.map((one) => one.duration)).toEqual([1, 4, 1]);
    expect(said.map((one) => one.audioUrl)).toEqual([
      "/session/audio/i-1/0-interviewer.wav",
      "/session/audio/i-1/1-candidate.wav",
      null,
    ]);
  });
});

describe("the log", () => {
  it("puts every event into one group and one line", () => {
    for (const one of LOG) {
      expect(Object.keys(GROUPS)).toContain(groupOf(one));
      expect(summaryOf(one)).not.toBe("");
    }
    expect(summaryOf(event(9, "unheard.of", {}))).toBe("unheard.of");
    const robotic = { tier: "tts", to: "espeak-ng", reason: "model-missing: The weights are not on this machine." };
    expect(summaryOf(event(9, "fallback.entered", robotic))).not.toContain("failed"); // nothing did
  });
  it("is filtered by group and words", () => {
    const words = new Set<Group>(["words"]);
    expect(matching(LOG, words, "").map((one) => one.seq)).toEqual([2, 3, 4, 5]);
    expect(matching(LOG, words, "AN INDEX").map((one) => one.seq)).toEqual([4]);
  });
});
