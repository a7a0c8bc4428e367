"use client";

import { useRef, useState } from "react";
import { RunTable } from "@/components/runs/run-table";
import { useAction } from "@/components/shared/action-button";
import { Button } from "@/components/ui/button";
import type { ServerAction } from "@/lib/result";
import type { BatchPreview } from "@/lib/runs/batch-queries";
import type { BulkDone } from "@/lib/runs/commands/bulk";
import type { RunFilter } from "@/lib/runs/input";
import type { RunLine } from "@/lib/runs/queries";
import { BatchBar } from "./batch-bar";
import { BulkBar } from "./bulk-bar";

/** What can be done with several runs; null for what the viewer may not do. */
export type BulkActions = Readonly<Record<"cancel" | "resume" | "replay", ServerAction<BulkDone> | null>>;

/** What the list is narrowed by, and how all that match are counted and worked on. */
export type BatchChoice = {
  readonly filter: RunFilter;
  /** There are others than those on the page. */
  readonly hasOthers: boolean;
  readonly preview: ServerAction<BatchPreview>;
  readonly start: ServerAction<{ batchId: string }>;
};

/** Runs that can be chosen, those of the page or all that match, to stop, resume or replay them together. */
export function RunList({
  runs,
  actions,
  batch,
}: {
  runs: readonly RunLine[];
  actions: BulkActions;
  batch: BatchChoice;
}) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [all, setAll] = useState<BatchPreview | null>(null);
  // Who takes one out while all are counted does not want all.
  const latest = useRef(chosen);
  latest.current = chosen;
  const counted = useRef(chosen);
  const count = useAction(batch.preview, {
    onSuccess: (preview) => {
      if (counted.current === latest.current) setAll(preview);
    },
  });

  function chooseAll() {
    counted.current = chosen;
    count.run({ filter: batch.filter });
  }

  if (!Object.values(actions).some(Boolean)) return <RunTable runs={runs} />;
  // A run that is not on the page any more is not chosen any more.
  const shown = runs.filter((run) => chosen.has(run.id));

  function choose(ids: readonly string[], isChosen: boolean) {
    const next = new Set(shown.map((run) => run.id));
    for (const id of ids) {
      if (isChosen) next.add(id);
      else next.delete(id);
    }
    setChosen(next);
    setAll(null);
  }

  function clear() {
    setAll(null);
    setChosen(new Set());
  }

  return (
    <>
      {all ? (
        <BatchBar
          preview={all}
          filter={batch.filter}
          offered={(verb) => actions[verb] !== null}
          start={batch.start}
          onClear={clear}
        />
      ) : (
        <BulkBar
          runs={shown}
          actions={actions}
          onDone={(failed) => setChosen(new Set(failed))}
          isWidening={count.pending}
        >
          {batch.hasOthers && shown.length === runs.length ? (
            <Button variant="link" size="sm" className="px-0" loading={count.pending} onClick={chooseAll}>
              Choose all that match, on every page
            </Button>
          ) : null}
        </BulkBar>
      )}
      <RunTable
        runs={runs}
        choice={{ chosen: all ? new Set(runs.map((run) => run.id)) : chosen, onChoose: choose }}
      />
    </>
  );
}
