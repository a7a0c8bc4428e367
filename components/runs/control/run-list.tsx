"use client";

import { useState } from "react";
import { RunTable } from "@/components/runs/run-table";
import type { ServerAction } from "@/lib/result";
import type { BulkDone } from "@/lib/runs/commands/bulk";
import type { RunSummary } from "@/lib/runs/run-columns";
import { BulkBar } from "./bulk-bar";

/** What can be done with several runs; null for what the viewer may not do. */
export type BulkActions = Readonly<Record<"cancel" | "resume" | "replay", ServerAction<BulkDone> | null>>;

/** Runs that can be chosen, to stop, resume or replay them together. */
export function RunList({ runs, actions }: { runs: readonly RunSummary[]; actions: BulkActions }) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
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
  }

  return (
    <>
      <BulkBar runs={shown} actions={actions} onDone={(failed) => setChosen(new Set(failed))} />
      <RunTable runs={runs} choice={{ chosen, onChoose: choose }} />
    </>
  );
}
