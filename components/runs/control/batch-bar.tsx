"use client";

import { useRouter } from "next/navigation";
import { useRef, useState } from "react";
import { isNavigation } from "@/components/shared/action-form";
import { type Confirmation, ConfirmDialog } from "@/components/shared/confirm-dialog";
import { pagePerson } from "@/components/shared/page-person";
import { sayDone } from "@/components/shared/say-done";
import { sayRefusal } from "@/components/shared/say-refusal";
import { UNREACHABLE } from "@/components/shared/unreachable";
import { useIsLeft } from "@/components/shared/use-is-left";
import type { PublicError } from "@/lib/errors";
import type { ServerAction } from "@/lib/result";
import { type BatchVerb, MAX_BATCH_RUNS } from "@/lib/runs/batch-input";
import type { BatchPreview } from "@/lib/runs/batch-queries";
import { severalRuns } from "@/lib/runs/batch-words";
import type { RunFilter } from "@/lib/runs/input";
import { ChoiceBar } from "./choice-bar";
import { VERB_WORDS } from "./verbs";

/** What can be done with every run that matches, which are more than are on the page. */
export function BatchBar({
  preview,
  filter,
  offered,
  start,
  onClear,
}: {
  preview: BatchPreview;
  filter: RunFilter;
  offered: (verb: BatchVerb) => boolean;
  start: ServerAction<{ batchId: string }>;
  onClear: () => void;
}) {
  const router = useRouter();
  const key = useRef("");
  const isSending = useRef(false);
  const isLeft = useIsLeft();
  const [asking, setAsking] = useState<BatchVerb | null>(null);
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<PublicError | null>(null);

  function ask(verb: BatchVerb) {
    key.current = crypto.randomUUID();
    setError(null);
    setAsking(verb);
  }

  function refuse(refusal: PublicError) {
    if (isLeft()) sayRefusal(refusal);
    else setError(refusal);
  }

  async function confirm() {
    if (isSending.current) return;
    isSending.current = true;
    setPending(true);
    try {
      const asked = { verb: asking, filter, upTo: preview.upTo, requestKey: key.current };
      const result = await start(pagePerson(), asked);
      if (!result.ok) return refuse(result.error);
      const href = `/app/runs/batches/${result.data.batchId}`;
      if (isLeft()) sayDone("It has begun.", href, router.push);
      else router.push(href);
    } catch (thrown) {
      if (isNavigation(thrown)) throw thrown;
      refuse(UNREACHABLE);
    } finally {
      isSending.current = false;
      setPending(false);
    }
  }

  return (
    <>
      <ChoiceBar
        offered={offered}
        possible={(verb) => preview.fitting[verb] > 0}
        onAsk={ask}
        onClear={onClear}
      >
        All {countedRuns(preview)} {Object.values(filter).some(Boolean) ? "that match " : ""}are chosen
      </ChoiceBar>
      {asking ? (
        <ConfirmDialog
          open
          onOpenChange={(open) => (open ? undefined : setAsking(null))}
          confirmation={questionOf(asking, preview)}
          pending={pending}
          error={error}
          onConfirm={confirm}
        />
      ) : null}
    </>
  );
}

function countedRuns({ matching, isMore }: BatchPreview): string {
  return isMore ? `${matching.toLocaleString("en-US")} and more runs` : severalRuns(matching);
}

function questionOf(verb: BatchVerb, { matching, fitting, isMore }: BatchPreview): Confirmation {
  const { label, description, unfit } = VERB_WORDS[verb];
  const fits = fitting[verb];
  const count = severalRuns(Math.min(fits, MAX_BATCH_RUNS));
  const others = matching - fits;
  const sentences = [
    description,
    ...(fits > MAX_BATCH_RUNS
      ? [
          `${fits.toLocaleString("en-US")}${isMore ? " and more" : ""} match: these are the newest, which is as many as can be done at once. Do it again for the others.`,
        ]
      : []),
    ...(others > 0
      ? [`${severalRuns(others)} ${others === 1 ? "is" : "are"} left alone, because they ${unfit}.`]
      : []),
    "Runs that start from now on are not among them. You can watch how far it is, and stop it.",
  ];
  return {
    title: `${label} ${count}?`,
    description: sentences.join(" "),
    confirmLabel: `${label} ${count}`,
    destructive: verb === "cancel",
  };
}
