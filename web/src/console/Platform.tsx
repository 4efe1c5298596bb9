import type { ReactNode } from "react";
import { DataTable } from "../staff/DataTable";
import { count, mebibytes, percent, plural, seconds } from "../staff/format";
import type { Latency, PlatformState } from "../staff/types";
import { bucketsBetween, growth, quantile } from "./rates";
import { Sparkline } from "./Sparkline";
import type { Reading } from "./usePlatform";

const TIERS: Record<string, string> = {
  stt: "Speech to text",
  llm: "Language model",
  tts: "Text to speech",
  turn_detection: "End of turn",
};

const STAGES: Record<string, string> = {
  stt: "Speech to text",
  tts: "Text to speech",
  llm: "Language model",
  grade: "Grading",
  decide: "Choosing what to say",
  store: "Session store",
  blob: "Recordings",
};

/** `queues` are named "queue state"; the states of a job in the order of its life. */
const JOBS: Record<string, string> = {
  waiting: "waiting",
  running: "running",
  delayed: "to be tried again",
  done: "done",
  dead: "given up",
};

export function Platform({ readings }: { readings: Reading[] }) {
  const latest = readings.at(-1);
  const first = readings[0];
  if (latest === undefined || first === undefined) return null;
  const { state } = latest;
  const { metrics, shedding } = state;
  const between = (of: (state: PlatformState) => number) =>
    readings.slice(1).map((reading, index) => growth(of(readings[index]?.state ?? reading.state), of(reading.state)));
  const turns = between((one) => one.metrics.turns.count);
  const recent = bucketsBetween(first.state.metrics.turns.buckets, metrics.turns.buckets);
  const minutes = Math.max(1, Math.round((latest.at - first.at) / 60000));
  const p95 = quantile(recent, 0.95);
  const notReady = Object.entries(metrics.ready).filter(([, ready]) => !ready);
  return (
    <>
      <div className="cards">
        <Card label="Running or just ended" value={count(metrics.live_sessions)}>
          {count(metrics.started)} started, {count(metrics.ended)} ended
        </Card>
        <Card label="Answers" value={count(metrics.turns.count)}>
          <Sparkline label={`Answers in the last ${plural(minutes, "minute")}: ${sum(turns)}`} values={turns} />
        </Card>
        <Card label="Answer, 95th percentile" value={seconds(p95 ?? metrics.turns.p95_s)}>
          {p95 === null ? "since the start" : `last ${plural(minutes, "minute")}`}
        </Card>
        <Card
          label="Refused / failed requests"
          value={`${count(metrics.refused)} / ${count(metrics.failed)}`}
          tone={metrics.failed > 0 ? "bad" : undefined}
        >
          of {count(metrics.requests)}
        </Card>
        <Card
          label="Load shedding"
          value={shedding.enabled ? (shedding.refusing > 0 ? `${percent(shedding.refusing)} refused` : "idle") : "off"}
          tone={shedding.refusing > 0 ? "bad" : undefined}
        >
          {shedding.enabled ? `event loop ${shedding.late_ms.toFixed(1)} ms late` : "the profile sets no limit"}
        </Card>
        <Card
          label="Session store"
          value={metrics.store.up ? "up" : "away"}
          tone={metrics.store.up && metrics.store.persistence_ok !== false ? undefined : "bad"}
        >
          {mebibytes(metrics.store.memory_bytes)}
          {metrics.store.limit_bytes ? ` of ${mebibytes(metrics.store.limit_bytes)}` : ""}
          {metrics.store.persistence_ok === false && ", does not write to disk"}
        </Card>
      </div>
      <section className="card stack">
        <h2>Tiers</h2>
        <DataTable
          caption="Tiers with their engines"
          rows={state.tiers}
          keyOf={(tier) => tier.tier}
          columns={[
            { label: "Tier", unbroken: true, cell: (tier) => TIERS[tier.tier] ?? tier.tier },
            {
              label: "Engine",
              unbroken: true,
              cell: (tier) => [tier.engine, tier.model].filter(Boolean).join(" · ") || "–",
            },
            { label: "State", cell: (tier) => <Health ok={tier.ok} none={tier.engine === "none"} /> },
            { label: "Note", cell: (tier) => <Note text={tier.error || tier.notice || ""} /> },
          ]}
        />
        <p className="small muted">
          {plural(metrics.replicas.length, "process", "processes")}: {metrics.replicas.join(", ")}.{" "}
          {notReady.length > 0
            ? `Not ready: ${notReady.map(([tier]) => tier).join(", ")}.`
            : "Every part answers its probe."}
        </p>
      </section>
      <section className="card stack">
        <h2>Latency</h2>
        <DataTable
          caption="Latencies since the processes started"
          rows={latencies(metrics)}
          keyOf={(row) => row.name}
          columns={[
            { label: "Of", cell: (row) => row.name },
            { label: "Count", numeric: true, cell: (row) => count(row.of.count) },
            { label: "Median", numeric: true, cell: (row) => seconds(row.of.p50_s) },
            { label: "95 %", numeric: true, cell: (row) => seconds(row.of.p95_s) },
            { label: "99 %", numeric: true, cell: (row) => seconds(row.of.p99_s) },
          ]}
        />
      </section>
      <div className="columns">
        <Facts title="Queues" none="No queue is known." facts={queues(metrics)} />
        <Facts
          title="Fallbacks"
          none="No tier has failed over."
          facts={metrics.fallbacks.map((one) => [`${TIERS[one.tier] ?? one.tier} → ${one.to}`, count(one.count)])}
        />
        <Facts
          title="Tokens and audio"
          none=""
          facts={[
            ...metrics.tokens.map((one): [string, string] => [`${one.model}, ${one.kind}`, count(one.count)]),
            ["Heard", `${count(metrics.audio_heard_s)} s`],
            ["Spoken", `${count(metrics.audio_spoken_s)} s`],
          ]}
        />
        <Facts
          title="Incidents"
          none=""
          facts={[
            ["Policy rules tripped", count(metrics.guardrail_trips)],
            ["Retries", count(metrics.retries)],
            ["Failed items of batches", count(metrics.failed_items)],
          ]}
        />
      </div>
    </>
  );
}

function latencies(metrics: PlatformState["metrics"]): { name: string; of: Latency }[] {
  const stages = Object.entries(metrics.stages).map(([stage, of]) => ({ name: STAGES[stage] ?? stage, of }));
  return [
    { name: "Whole answer", of: metrics.turns },
    { name: "Without the models", of: metrics.overhead },
    ...stages.sort((one, other) => (other.of.p95_s ?? 0) - (one.of.p95_s ?? 0)),
  ];
}

function queues(metrics: PlatformState["metrics"]): [string, string][] {
  const order = Object.keys(JOBS);
  return Object.entries(metrics.queues)
    .map(([name, jobs]): [string, string, number] => {
      const [queue = name, state = ""] = name.split(" ");
      return [
        `${queue.charAt(0).toUpperCase()}${queue.slice(1)}: ${JOBS[state] ?? state}`,
        count(jobs),
        order.indexOf(state),
      ];
    })
    .sort((one, other) => one[2] - other[2])
    .map(([label, jobs]) => [label, jobs]);
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

type CardProps = { label: string; value: string; tone?: "bad" | undefined; children: ReactNode };

function Card({ label, value, tone, children }: CardProps) {
  return (
    <section className="card figure" data-tone={tone}>
      <h2>{label}</h2>
      <p className="value">{value}</p>
      <p className="small muted">{children}</p>
    </section>
  );
}

function Health({ ok, none }: { ok: boolean; none: boolean }) {
  if (none) return <span className="badge">not configured</span>;
  return (
    <span className="badge" data-tone={ok ? "good" : "bad"}>
      {ok ? "serves" : "does not answer"}
    </span>
  );
}

/** The first sentence of a note; the rest, which says what to do, on request. */
function Note({ text }: { text: string }) {
  if (text === "") return "–";
  const [first, ...rest] = text.split(/(?<=\.) /);
  if (rest.length === 0) return first;
  return (
    <>
      {first}
      <details>
        <summary>What to do</summary>
        <p>{rest.join(" ")}</p>
      </details>
    </>
  );
}

function Facts({ title, facts, none }: { title: string; facts: [string, string][]; none: string }) {
  return (
    <section className="card stack-tight">
      <h2>{title}</h2>
      {facts.length === 0 && <p className="muted small">{none}</p>}
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
