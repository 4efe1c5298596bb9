import { useState } from "react";
import { PlanInput } from "../staff/PlanInput";
import { Button } from "../ui/Button";
import { Field } from "../ui/Field";
import { type Filters, NO_FILTERS } from "./filters";

type Props = { filters: Filters; onApply: (filters: Filters) => void };

export function FilterForm({ filters, onApply }: Props) {
  const [draft, setDraft] = useState(filters);
  const text = (name: keyof Filters, label: string, type: string, hint?: string) => (
    <Field label={label} hint={hint}>
      {(wiring) => (
        <input
          {...wiring}
          className="input"
          type={type}
          {...(type === "number" ? { min: 0, max: 1, step: 0.01 } : {})}
          value={draft[name]}
          onChange={(event) => setDraft({ ...draft, [name]: event.target.value })}
        />
      )}
    </Field>
  );
  const choice = (name: keyof Filters, label: string, options: [string, string][]) => (
    <Field label={label}>
      {(wiring) => (
        <select
          {...wiring}
          className="input"
          value={draft[name]}
          onChange={(event) => setDraft({ ...draft, [name]: event.target.value })}
        >
          {options.map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
  const used = Object.entries(filters).filter(([name, value]) => value && name !== "candidate").length;
  return (
    <search aria-label="Interviews">
      <form
        className="card stack filters"
        onSubmit={(event) => {
          event.preventDefault();
          onApply(draft);
        }}
      >
        <div className="search">
          {text("candidate", "Candidate", "search", "A part of the name, your reference, or the interview’s id")}
          <Button kind="primary" type="submit">
            Search
          </Button>
        </div>
        <details open={used > 0}>
          <summary>More filters{used > 0 && ` (${used} set)`}</summary>
          <div className="grid">
            {choice("review", "Review", [
              ["", "All"],
              ["true", "Needs a person"],
              ["false", "Needs nobody"],
            ])}
            {choice("status", "Status", [
              ["", "All"],
              ["active", "Active"],
              ["paused", "Paused"],
              ["concluded", "Concluded"],
              ["expired", "Expired"],
            ])}
            <Field label="Plan">
              {(wiring) => (
                <PlanInput wiring={wiring} value={draft.plan} onChange={(plan) => setDraft({ ...draft, plan })} />
              )}
            </Field>
            {text("scoreMin", "Score from", "number")}
            {text("scoreMax", "Score to", "number")}
            {text("since", "Started from", "date")}
            {text("until", "Started until", "date")}
          </div>
          <div className="row">
            <Button type="submit">Apply</Button>
            <Button kind="quiet" onClick={() => onApply(NO_FILTERS)}>
              Reset
            </Button>
          </div>
        </details>
      </form>
    </search>
  );
}
