"use client";

import type { ReactNode } from "react";
import { useKeptFocus } from "@/components/shared/keep-focus";
import { Button } from "@/components/ui/button";
import { BATCH_VERBS, type BatchVerb } from "@/lib/runs/batch-input";
import { VERB_WORDS } from "./verbs";

/** What is chosen, and what can be done with it. */
export function ChoiceBar({
  children,
  offered,
  possible,
  onAsk,
  onClear,
}: {
  children: ReactNode;
  /** Whether the viewer may do it at all. */
  offered: (verb: BatchVerb) => boolean;
  /** Whether it makes sense with anything that is chosen. */
  possible: (verb: BatchVerb) => boolean;
  onAsk: (verb: BatchVerb) => void;
  onClear: () => void;
}) {
  const keepFocus = useKeptFocus();
  return (
    // What is pressed here goes with the bar once nothing is chosen any more, or all are.
    <div
      onClickCapture={({ target }) =>
        target instanceof Element && keepFocus(target.closest("button") ?? target)
      }
      className="sticky top-2 z-20 mb-3 flex flex-wrap items-center gap-2 rounded-lg border bg-card px-3 py-2 shadow-sm"
    >
      <div className="mr-auto flex flex-wrap items-center gap-x-2 text-sm" aria-live="polite">
        {children}
      </div>
      {BATCH_VERBS.filter(offered).map((verb) => {
        const { label, icon: Icon } = VERB_WORDS[verb];
        return (
          <Button
            key={verb}
            variant="outline"
            size="sm"
            disabled={!possible(verb)}
            onClick={() => onAsk(verb)}
          >
            <Icon aria-hidden="true" />
            {label}
          </Button>
        );
      })}
      <Button variant="ghost" size="sm" onClick={onClear}>
        Clear
      </Button>
    </div>
  );
}
