"use client";

import { useState } from "react";
import { FormField } from "@/components/shared/form-field";
import { Checkbox } from "@/components/ui/checkbox";
import { Input } from "@/components/ui/input";
import { NativeSelect } from "@/components/ui/native-select";
import { MAX_HOOK_WAIT_SECONDS, type WebhookConfig } from "@/lib/triggers/input";

/** How a webhook takes calls and answers them. */
export function WebhookFields({ config, mayExpose }: { config: WebhookConfig | null; mayExpose: boolean }) {
  const [answer, setAnswer] = useState<string>(config?.answer ?? "at_once");
  return (
    <>
      {mayExpose || config?.requiresSignature === false ? (
        <FormField
          name="settings.requiresSignature"
          label="Calls must be signed"
          inline
          hint={
            mayExpose
              ? "Whoever learns the address still cannot start a run. Turn it off only for senders that cannot sign."
              : "Whoever learns the address still cannot start a run. Once it is on, only an admin can turn it off."
          }
        >
          <Checkbox defaultChecked={config?.requiresSignature ?? true} />
        </FormField>
      ) : (
        <>
          <input type="hidden" name="settings.requiresSignature" value="true" />
          <p className="text-muted-foreground text-sm">
            Calls must be signed. For a sender that cannot sign, ask an admin of this workspace.
          </p>
        </>
      )}
      <FormField name="settings.answer" label="Answer" required>
        <NativeSelect value={answer} onChange={(event) => setAnswer(event.target.value)}>
          <option value="at_once">At once, with the run's id</option>
          <option value="with_result">With the run's result</option>
        </NativeSelect>
      </FormField>
      {answer === "with_result" ? (
        <FormField
          name="settings.waitSeconds"
          label="Wait at most, in seconds"
          required
          hint="After that it answers with the run's id."
        >
          <Input type="number" min={1} max={MAX_HOOK_WAIT_SECONDS} defaultValue={config?.waitSeconds ?? 30} />
        </FormField>
      ) : null}
    </>
  );
}
