import { useId } from "react";
import type { PlanList } from "./types";
import { useLoad } from "./useLoad";

type Props = { wiring: object; value: string; onChange: (value: string) => void };

/** One of the plans that can be used; a plan's id as text where the server does not list them. */
export function PlanChoice({ wiring, value, onChange }: Props) {
  const { data, loading } = useLoad<PlanList>("/plans");
  if (data === undefined && !loading) return <PlanInput wiring={wiring} value={value} onChange={onChange} />;
  const usable = data?.plans.filter((plan) => plan.status !== "draft") ?? [];
  return (
    <select {...wiring} className="input" value={value} onChange={(event) => onChange(event.target.value)}>
      <option value="">{choices(loading, usable.length)}</option>
      {usable.map((plan) => (
        <option key={plan.plan_id} value={plan.plan_id}>
          {plan.title} ({plan.plan_id})
        </option>
      ))}
    </select>
  );
}

function choices(loading: boolean, plans: number): string {
  if (loading) return "Loading the plans …";
  return plans === 0 ? "No plan is installed or approved" : "Choose a plan";
}

/** A plan's id, with those that can be used as suggestions where the server lists them. */
export function PlanInput({ wiring, value, onChange }: Props) {
  const { data } = useLoad<PlanList>("/plans");
  const list = useId();
  const usable = data?.plans.filter((plan) => plan.status !== "draft") ?? [];
  return (
    <>
      <input
        {...wiring}
        className="input"
        list={list}
        value={value}
        maxLength={200}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
      />
      <datalist id={list}>
        {usable.map((plan) => (
          <option key={plan.plan_id} value={plan.plan_id}>
            {plan.title}
          </option>
        ))}
      </datalist>
    </>
  );
}
