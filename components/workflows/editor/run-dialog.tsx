"use client";

import { useState } from "react";
import { CostEstimate } from "@/components/runs/cost-estimate";
import { FormField } from "@/components/shared/form-field";
import { pagePerson } from "@/components/shared/page-person";
import { UNREACHABLE } from "@/components/shared/unreachable";
import { Checkbox } from "@/components/ui/checkbox";
import { Dialog, DialogContent, DialogDescription, DialogHeader, DialogTitle } from "@/components/ui/dialog";
import type { PublicError } from "@/lib/errors";
import { runInputFields } from "@/lib/workflows/run-input";
import { useEditor } from "./context";
import { useRequestKey } from "./request-key";
import { RunForm } from "./run-form";
import type { RunValues } from "./run-values";
import type { Save } from "./use-autosave";
import { useRefusal } from "./use-refusal";

/** Asks for the input and starts a run of the draft as it stands on the screen. */
export function RunDialog({
  open,
  onOpenChange,
  save,
  onStarted,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  save: Save;
  onStarted: (executionId: string) => void;
}) {
  const { state, workflow, actions } = useEditor();
  const [last, setLast] = useState<RunValues>({});
  const [usesPins, setUsesPins] = useState(true);
  const { keyFor, renew } = useRequestKey();
  const tell = useRefusal(() => onOpenChange(false));
  const pinned = state.graph.nodes.filter((node) => node.pin !== undefined).map(({ name }) => name);

  async function start(input: RunValues): Promise<PublicError | null> {
    setLast(input);
    const saved = await save(true);
    if (!saved.ok) return tell(saved.error);
    const request = {
      workflowId: workflow.id,
      useDraft: true,
      revision: saved.revision,
      usePins: usesPins && pinned.length > 0,
      input,
    };
    const idempotencyKey = keyFor(request);
    const result = await actions.start(pagePerson(), { ...request, idempotencyKey }).catch(() => null);
    if (!result) return UNREACHABLE;
    if (!result.ok) return tell(result.error);
    renew();
    onStarted(result.data.executionId);
    return null;
  }

  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>Run {workflow.name}</DialogTitle>
          <DialogDescription>Runs the draft as it is now. Runs are billed like any other.</DialogDescription>
        </DialogHeader>
        {pinned.length > 0 ? (
          <FormField
            name="usePins"
            label="Use pinned outputs"
            inline
            hint={`These give what is pinned to them instead of running: ${pinned.join(", ")}.`}
          >
            <Checkbox checked={usesPins} onCheckedChange={(checked) => setUsesPins(checked === true)} />
          </FormField>
        ) : null}
        <CostEstimate estimate={actions.estimate} input={{ workflowId: workflow.id, useDraft: true }} />
        <RunForm fields={runInputFields(state.graph)} last={last} onRun={start} />
      </DialogContent>
    </Dialog>
  );
}
