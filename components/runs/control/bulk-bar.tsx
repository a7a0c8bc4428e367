"use client";

import { CircleSlash, RotateCcw, StepForward } from "lucide-react";
import { useRouter } from "next/navigation";
import { useRef, useState } from "react";
import { type Confirmation, ConfirmDialog } from "@/components/shared/confirm-dialog";
import { UNREACHABLE } from "@/components/shared/unreachable";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import type { PublicError } from "@/lib/errors";
import { isFinished } from "@/lib/runs/input";
import type { RunSummary } from "@/lib/runs/run-columns";
import { BulkFailures, failuresOf } from "./bulk-failures";
import type { BulkActions } from "./run-list";

type Verb = keyof BulkActions;

const VERBS = {
  cancel: {
    label: "Stop",
    icon: CircleSlash,
    done: "stopped",
    fits: (run: RunSummary) => !isFinished(run.status),
    description: "Nothing new starts, and what is under way is broken off. What was used so far is billed.",
  },
  resume: {
    label: "Resume",
    icon: StepForward,
    done: "resumed",
    fits: (run: RunSummary) => run.status === "failed" || run.status === "cancelled",
    description:
      "Each goes on where it ended, as a new run on the version it had. What is done is not billed again.",
  },
  replay: {
    label: "Replay",
    icon: RotateCcw,
    done: "replayed",
    fits: (run: RunSummary) => run.trigger !== "playground",
    description:
      "Each runs again from the beginning with the input it had, as a new run. All of it is billed.",
  },
} as const;

const several = (count: number) => `${count} ${count === 1 ? "run" : "runs"}`;

/** What can be done with the chosen runs. What was refused stays chosen, and is said run by run. */
export function BulkBar({
  runs,
  actions,
  onDone,
}: {
  runs: readonly RunSummary[];
  actions: BulkActions;
  onDone: (failedIds: readonly string[]) => void;
}) {
  const router = useRouter();
  const key = useRef("");
  const [asking, setAsking] = useState<Verb | null>(null);
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<PublicError | null>(null);
  const [failures, setFailures] = useState<ReturnType<typeof failuresOf>>([]);
  const fitting = asking ? runs.filter(VERBS[asking].fits) : [];

  function ask(verb: Verb) {
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
    const result = await action(null, { executionIds, idempotencyKey: key.current }).catch(() => null);
    setPending(false);
    if (!result?.ok) return setError(result?.error ?? UNREACHABLE);
    const failed = failuresOf(result.data.results, fitting);
    const worked = result.data.results.length - failed.length;
    if (worked > 0) toast.success(`${several(worked)} ${VERBS[asking].done}.`);
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
        <div className="sticky top-2 z-20 mb-3 flex flex-wrap items-center gap-2 rounded-lg border bg-card px-3 py-2 shadow-sm">
          <p className="mr-auto text-sm" aria-live="polite">
            {several(runs.length)} chosen
          </p>
          {(Object.keys(VERBS) as Verb[]).map((verb) => {
            const { label, icon: Icon, fits } = VERBS[verb];
            if (!actions[verb]) return null;
            return (
              <Button
                key={verb}
                variant="outline"
                size="sm"
                disabled={!runs.some(fits)}
                onClick={() => ask(verb)}
              >
                <Icon aria-hidden="true" />
                {label}
              </Button>
            );
          })}
          <Button variant="ghost" size="sm" onClick={clear}>
            Clear
          </Button>
        </div>
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

function questionOf(verb: Verb, fitting: number, chosen: number): Confirmation {
  const { label, description } = VERBS[verb];
  const others = chosen - fitting;
  const rest =
    others > 0
      ? ` ${several(others)} of those chosen ${others === 1 ? "is" : "are"} left alone: it makes no sense there.`
      : "";
  return {
    title: `${label} ${several(fitting)}?`,
    description: `${description}${rest}`,
    confirmLabel: `${label} ${several(fitting)}`,
    destructive: verb === "cancel",
  };
}
