"use client";

import { useState } from "react";
import { FormField } from "@/components/shared/form-field";
import { Input } from "@/components/ui/input";
import { NativeSelect } from "@/components/ui/native-select";

/** The place of a new cap, its time, and how much. */
export function CapFields({ agents }: { agents: readonly { id: string; name: string }[] }) {
  const [scope, setScope] = useState("tenant");
  return (
    <>
      <FormField name="scope" label="Bounds" required>
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
        <FormField name="period" label="In" required hint="Days and months are UTC.">
          <NativeSelect defaultValue="month">
            <option value="day">A day</option>
            <option value="month">A month</option>
          </NativeSelect>
        </FormField>
      )}
      <CapAmount />
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
