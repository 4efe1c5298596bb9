/** The replies that the staff pages read, under short names. */
import type { components } from "../api/generated";

type Schemas = components["schemas"];

export type SessionSummary = Schemas["SessionSummary"];
export type SessionList = Schemas["SessionList"];
export type Criterion = Schemas["CriterionGrade"];
export type Grade = Schemas["Grade"];
export type GradeVersion = Schemas["GradeVersion"];
export type Quote = Schemas["Quote"];
export type Answer = Schemas["AnswerReport"];
export type Question = Schemas["QuestionReport"];
export type Skill = Schemas["SkillReport"];
export type Finding = Schemas["Finding"];
export type Report = Schemas["Report"];
/** Any event of the log, also of a type that only a later release knows. */
export type EventRecord = { seq: number; time: string; type: string; data: Record<string, unknown> };
export type EventLog = { interview_id: string; events: EventRecord[] };
export type Ability = Schemas["SkillAbility"];
export type Compared = Schemas["ComparedInterview"];
export type Comparison = Schemas["Comparison"];
export type Latency = Schemas["Latency"];
export type PlatformState = Schemas["PlatformState"];
export type KeyRow = Schemas["KeyRow"];
export type KeyList = Schemas["KeyList"];
export type CreatedKey = Schemas["CreatedKeyReply"];
export type OpenInvitation = Schemas["OpenInvitation"];
export type InvitationList = Schemas["InvitationList"];
export type PlanList = Schemas["PlanList"];
