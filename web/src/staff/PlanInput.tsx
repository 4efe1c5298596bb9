import { useId } from "react";
import type { PlanList } from "./types";
import { useLoad } from "./useLoad";

type Props = { wiring: object; value: string; onChange: (value: string) => void };

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
