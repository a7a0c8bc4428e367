"use client";

import { useState } from "react";
import { FormField } from "@/components/shared/form-field";
import { Input } from "@/components/ui/input";
import { NativeSelect } from "@/components/ui/native-select";

type Choice = { readonly id: string; readonly name: string };
type Reach = { onReach: string; switchAtPercent: number; fallbackModelKey: string | null };

const BOUND_HINTS: Readonly<Record<string, string>> = {
  tenant: "Everything together: when it is used up, new work waits.",
  agent: "What this agent spends, wherever it works.",
  run: "One run alone, with all that it calls: where it would cost more, it waits until the cap is raised.",
};

/** The place of a new cap, its time, how much, and what an agent does that reaches it. */
export function CapFields({ agents, models }: { agents: readonly Choice[]; models: readonly Choice[] }) {
  const [scope, setScope] = useState("tenant");
  return (
    <>
      <FormField name="scope" label="What it bounds" required hint={BOUND_HINTS[scope]}>
        <NativeSelect value={scope} onChange={(event) => setScope(event.target.value)}>
          <option value="tenant">Everything in this workspace</option>
          {agents.length > 0 ? <option value="agent">One agent</option> : null}
          <option value="run">Each run on its own</option>
        </NativeSelect>
      </FormField>
      {scope === "agent" ? (
        <FormField name="agentId" label="Agent" required>
          <NativeSelect>
            {agents.map((agent) => (
              <option key={agent.id} value={agent.id}>
                {agent.name}
              </option>
            ))}
          </NativeSelect>
        </FormField>
      ) : null}
      {scope === "run" ? (
        <input type="hidden" name="period" value="run" />
      ) : (
        <FormField name="period" label="For" required hint="It begins anew each day, or each month, in UTC.">
          <NativeSelect defaultValue="month">
            <option value="day">A day</option>
            <option value="month">A month</option>
          </NativeSelect>
        </FormField>
      )}
      <CapAmount />
      {scope === "agent" ? <ReachFields models={models} /> : null}
    </>
  );
}

/** How much may be spent at most. */
export function CapAmount({ defaultValue }: { defaultValue?: string }) {
  return (
    <FormField name="amount" label="At most, in dollars" required>
      <Input inputMode="decimal" autoComplete="off" placeholder="50.00" defaultValue={defaultValue} />
    </FormField>
  );
}

const STOP: Reach = { onReach: "stop", switchAtPercent: 80, fallbackModelKey: null };

/** What an agent does when it reaches its cap. */
export function ReachFields({ models, reach = STOP }: { models: readonly Choice[]; reach?: Reach }) {
  const [onReach, setOnReach] = useState(reach.onReach);
  return (
    <>
      <FormField name="onReach" label="When it is reached" required>
        <NativeSelect value={onReach} onChange={(event) => setOnReach(event.target.value)}>
          <option value="stop">Wait for the next day or month</option>
          <option value="switch">Go on with a cheaper model, then wait</option>
          <option value="ask">Ask the admins to allow more</option>
        </NativeSelect>
      </FormField>
      {onReach === "switch" ? (
        <div className="grid gap-4 sm:grid-cols-2">
          <FormField
            name="fallbackModelKey"
            label="Cheaper model"
            hint="Used only where it costs less than the agent's own."
            required
          >
            <NativeSelect defaultValue={reach.fallbackModelKey ?? undefined}>
              {models.map((model) => (
                <option key={model.id} value={model.id}>
                  {model.name}
                </option>
              ))}
            </NativeSelect>
          </FormField>
          <FormField
            name="switchAtPercent"
            label="From, in percent"
            hint="And before, when its own model would not fit."
            required
          >
            <Input type="number" min={1} max={100} defaultValue={reach.switchAtPercent} />
          </FormField>
        </div>
      ) : null}
    </>
  );
}
