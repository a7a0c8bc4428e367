"use client";

import { FormField } from "@/components/shared/form-field";
import { NativeSelect } from "@/components/ui/native-select";
import type { GraphNode, NodePolicy } from "@/lib/workflows/graph";
import { isSuspending } from "@/lib/workflows/nodes";
import { outputsOf } from "@/lib/workflows/variables";
import { useEditor } from "./context";
import { emptyOutput } from "./empty-output";
import { JsonControl } from "./fields/json-control";
import { Seconds } from "./fields/seconds";
import { type PolicyPatch, type RetryChoice, retryChoice, retryOf, waitsText } from "./policy";

/** How long a node may take, how often it is tried, and what its failure means. */
export function PolicyPanel({ node }: { node: GraphNode }) {
  const { dispatch, canEdit } = useEditor();
  const { policy } = node;
  const set = (patch: PolicyPatch) =>
    dispatch({ type: "set_policy", nodeId: node.id, field: Object.keys(patch).join(), patch });
  const retry = policy?.retry;
  const choice = retryChoice(policy);
  return (
    <div className="grid gap-5">
      <FormField
        name="timeout"
        label="Time limit, in seconds"
        hint={
          isSuspending(node.kind)
            ? "How long all of it may take; then it counts as failed. Empty: as long as the run may."
            : "How long one attempt may take; then it counts as failed. Empty: the usual limit of this kind of node."
        }
      >
        <Seconds
          ms={policy?.timeoutMs}
          min={0.1}
          max={3_600}
          disabled={!canEdit}
          onChange={(timeoutMs) => set({ timeoutMs })}
        />
      </FormField>
      {isSuspending(node.kind) ? null : (
        <FormField
          name="retry"
          label="Try again"
          required
          hint="Only what may pass is tried again: a busy service, a lost connection. A wrong setting is not."
        >
          <NativeSelect
            value={choice}
            disabled={!canEdit}
            onChange={(event) => set({ retry: retryOf(event.target.value as RetryChoice) })}
          >
            <option value="usual">As usual: a few times</option>
            <option value="never">Never</option>
            <option value="own">As set here</option>
          </NativeSelect>
        </FormField>
      )}
      {retry && choice === "own" && !isSuspending(node.kind) ? (
        <RetryFields retry={retry} disabled={!canEdit} onChange={(next) => set({ retry: next })} />
      ) : null}
      <FailureFields node={node} disabled={!canEdit} set={set} />
    </div>
  );
}

const ATTEMPTS = [2, 3, 4, 5, 6, 7, 8, 9, 10];

type Retry = NonNullable<NodePolicy["retry"]>;

function RetryFields({
  retry,
  disabled,
  onChange,
}: {
  retry: Retry;
  disabled: boolean;
  onChange: (retry: Retry) => void;
}) {
  return (
    <div className="-mt-2 grid gap-4 border-l-2 pl-3">
      <FormField name="attempts" label="Attempts in all" required>
        <NativeSelect
          value={retry.attempts}
          disabled={disabled}
          onChange={(event) => onChange({ ...retry, attempts: Number(event.target.value) })}
        >
          {ATTEMPTS.map((attempts) => (
            <option key={attempts} value={attempts}>
              {attempts}
            </option>
          ))}
        </NativeSelect>
      </FormField>
      <FormField name="first-wait" label="Wait before the second, in seconds" required>
        <Seconds
          ms={retry.firstWaitMs}
          min={0}
          max={300}
          disabled={disabled}
          onChange={(firstWaitMs) => onChange({ ...retry, firstWaitMs: firstWaitMs ?? 0 })}
        />
      </FormField>
      <FormField
        name="backoff"
        label="Later waits"
        required
        hint={`Waits: ${waitsText(retry)}. A service that names a time to come back is waited for, 5 minutes at most.`}
      >
        <NativeSelect
          value={retry.backoff}
          disabled={disabled}
          onChange={(event) =>
            onChange({ ...retry, backoff: event.target.value === "fixed" ? "fixed" : "exponential" })
          }
        >
          <option value="exponential">Four times as long each time</option>
          <option value="fixed">As long as the first</option>
        </NativeSelect>
      </FormField>
    </div>
  );
}

const FAILURES = [
  { value: "fail", label: "Stop the run" },
  { value: "default", label: "Go on with a default output" },
  { value: "branch", label: "Take another way: On error" },
] as const;

function FailureFields({
  node,
  disabled,
  set,
}: {
  node: GraphNode;
  disabled: boolean;
  set: (patch: PolicyPatch) => void;
}) {
  const { called } = useEditor();
  const onError = node.policy?.onError ?? "fail";
  const keys = outputsOf(node, called)
    .map(({ key }) => key)
    .filter(Boolean);
  const isWay = onError === "branch";
  return (
    <>
      <FormField
        name="on-error"
        label="When it has failed for good"
        required
        {...(isWay
          ? {
              hint: "The node has a second way out, On error. Connect it on the canvas or under Connections.",
            }
          : {})}
      >
        <NativeSelect
          value={onError}
          disabled={disabled}
          onChange={(event) => {
            const chosen = FAILURES.find(({ value }) => value === event.target.value)?.value ?? "fail";
            set({
              onError: chosen === "fail" ? undefined : chosen,
              defaultOutput: chosen === "default" ? emptyOutput(node, called) : undefined,
            });
          }}
        >
          {FAILURES.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </NativeSelect>
      </FormField>
      {onError === "default" ? (
        <FormField
          name="default-output"
          label="Default output"
          required
          hint={`What the nodes after it get instead.${keys.length > 0 ? ` This node gives: ${keys.join(", ")}.` : ""}`}
        >
          <JsonControl node={node} field="defaultOutput" disabled={disabled} />
        </FormField>
      ) : null}
    </>
  );
}
