import { useState } from "react";
import type { EventLog, EventRecord } from "../staff/types";
import { useLoad } from "../staff/useLoad";
import { clockText } from "../ui/duration";
import { Field } from "../ui/Field";
import { Notice } from "../ui/Notice";
import { GROUPS, type Group, groupOf, matching, summaryOf } from "./eventText";

const ALL = Object.keys(GROUPS) as Group[];

/** Every step of the interview as it was recorded, with the time since the start. */
export function EventLogView({ id }: { id: string }) {
  const { data, error } = useLoad<EventLog>(`/session/events/${encodeURIComponent(id)}`);
  const [groups, setGroups] = useState<ReadonlySet<Group>>(new Set(ALL.filter((group) => group !== "tools")));
  const [words, setWords] = useState("");
  if (error) return <Notice tone="error">{error}</Notice>;
  if (!data) return <p role="status">Loading …</p>;
  const shown = matching(data.events, groups, words);
  const start = Date.parse(data.events[0]?.time ?? "");
  const toggle = (group: Group) => {
    const changed = new Set(groups);
    if (!changed.delete(group)) changed.add(group);
    setGroups(changed);
  };
  return (
    <section className="card stack" aria-label="What happened">
      <fieldset className="row">
        <legend className="small">Show</legend>
        {ALL.map((group) => (
          <label key={group} className="tick-label">
            <input type="checkbox" className="tick" checked={groups.has(group)} onChange={() => toggle(group)} />
            {GROUPS[group]} ({data.events.filter((event) => groupOf(event) === group).length})
          </label>
        ))}
      </fieldset>
      <Field label="Containing">
        {(wiring) => (
          <input
            {...wiring}
            className="input"
            type="search"
            value={words}
            onChange={(event) => setWords(event.target.value)}
          />
        )}
      </Field>
      <p className="small muted" role="status">
        {shown.length} of {data.events.length} events
      </p>
      <ol className="log">
        {shown.map((event) => (
          <Entry key={event.seq} event={event} seconds={(Date.parse(event.time) - start) / 1000} />
        ))}
      </ol>
    </section>
  );
}

function Entry({ event, seconds }: { event: EventRecord; seconds: number }) {
  return (
    <li data-group={groupOf(event)}>
      <details>
        <summary>
          <span className="when">
            {clockText(seconds)} <span className="muted">#{event.seq}</span>
          </span>
          <span className="what">{summaryOf(event)}</span>
          <code className="muted">{event.type}</code>
        </summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: wide content scrolls, also by keyboard */}
        <pre tabIndex={0}>{JSON.stringify(event.data, null, 2)}</pre>
      </details>
    </li>
  );
}
