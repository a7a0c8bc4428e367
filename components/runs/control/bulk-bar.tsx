"use client";

import { useRouter } from "next/navigation";
import { type ReactNode, useRef, useState } from "react";
import { type Confirmation, ConfirmDialog } from "@/components/shared/confirm-dialog";
import { pagePerson } from "@/components/shared/page-person";
import { sayRefusal } from "@/components/shared/say-refusal";
import { UNREACHABLE } from "@/components/shared/unreachable";
import { useIsLeft } from "@/components/shared/use-is-left";
import { toast } from "@/components/ui/toast";
import type { PublicError } from "@/lib/errors";
import { type BatchVerb, fitsVerb } from "@/lib/runs/batch-input";
import { severalRuns } from "@/lib/runs/batch-words";
import type { RunSummary } from "@/lib/runs/run-columns";
import { BulkFailures, failuresOf } from "./bulk-failures";
import { ChoiceBar } from "./choice-bar";
import type { BulkActions } from "./run-list";
import { VERB_WORDS } from "./verbs";

/** What can be done with the chosen runs. What was refused stays chosen, and is said run by run. */
export function BulkBar({
  runs,
  actions,
  onDone,
  isWidening,
  children,
}: {
  runs: readonly RunSummary[];
  actions: BulkActions;
  onDone: (failedIds: readonly string[]) => void;
  /** Others are about to be chosen too: nothing is asked about those chosen so far. */
  isWidening: boolean;
  /** What more could be chosen. */
  children?: ReactNode;
}) {
  const router = useRouter();
  const key = useRef("");
  const isLeft = useIsLeft();
  const [asking, setAsking] = useState<BatchVerb | null>(null);
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<PublicError | null>(null);
  const [failures, setFailures] = useState<ReturnType<typeof failuresOf>>([]);
  const fitting = asking ? runs.filter((run) => fitsVerb(asking, run)) : [];

  function ask(verb: BatchVerb) {
    key.current = crypto.randomUUID();
    setError(null);
    setFailures([]);
    setAsking(verb);
  }

  async function confirm() {
    const action = asking && actions[asking];
    if (!asking || !action) return;
    setPending(true);
    const executionIds = fitting.map((run) => run.id);
    const result = await action(pagePerson(), { executionIds, idempotencyKey: key.current }).catch(
      () => null,
    );
    setPending(false);
    if (!result?.ok) return (isLeft() ? sayRefusal : setError)(result?.error ?? UNREACHABLE);
    const failed = failuresOf(result.data.results, fitting);
    const worked = result.data.results.length - failed.length;
    if (worked > 0) toast.success(`${severalRuns(worked)} ${VERB_WORDS[asking].done}.`);
    setFailures(failed);
    setAsking(null);
    onDone(failed.map((one) => one.executionId));
    router.refresh();
  }

  function clear() {
    setFailures([]);
    onDone([]);
  }

  return (
    <>
      <BulkFailures failures={failures} />
      {runs.length > 0 ? (
        <ChoiceBar
          offered={(verb) => actions[verb] !== null}
          possible={(verb) => !isWidening && runs.some((run) => fitsVerb(verb, run))}
          onAsk={ask}
          onClear={clear}
        >
          <span>{severalRuns(runs.length)} chosen</span>
          {children}
        </ChoiceBar>
      ) : null}
      {asking ? (
        <ConfirmDialog
          open
          onOpenChange={(open) => (open ? undefined : setAsking(null))}
          confirmation={questionOf(asking, fitting.length, runs.length)}
          pending={pending}
          error={error}
          onConfirm={confirm}
        />
      ) : null}
    </>
  );
}

function questionOf(verb: BatchVerb, fitting: number, chosen: number): Confirmation {
  const { label, description } = VERB_WORDS[verb];
  const others = chosen - fitting;
  const rest =
    others > 0
      ? ` ${severalRuns(others)} of those chosen ${others === 1 ? "is" : "are"} left alone: it makes no sense there.`
      : "";
  return {
    title: `${label} ${severalRuns(fitting)}?`,
    description: `${description}${rest}`,
    confirmLabel: `${label} ${severalRuns(fitting)}`,
    destructive: verb === "cancel",
  };
}
