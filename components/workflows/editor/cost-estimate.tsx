"use client";

import { useEffect, useState } from "react";
import { formatMicros } from "@/lib/money";
import type { ActionResult } from "@/lib/result";
import type { RunCostRange } from "@/lib/runs/cost-range";
import { useEditor } from "./context";

/** What the range is based on, for a person. */
function basisOf({ runs }: RunCostRange): string {
  return runs > 0
    ? `As the last ${runs} runs of this version, at today's prices: one in ten cost less, one in ten more.`
    : "From the graph and today's prices, as there are too few runs of this version. Attempts after a failure come on top.";
}

/** What a run of the draft will cost, asked for when it is shown. */
export function CostEstimate() {
  const { workflow, actions } = useEditor();
  const [answer, setAnswer] = useState<ActionResult<RunCostRange> | null>(null);
  const { id: workflowId } = workflow;
  const { estimate } = actions;

  useEffect(() => {
    let isGone = false;
    estimate(null, { workflowId, useDraft: true })
      .catch(() => null)
      .then((result) => {
        if (!isGone) setAnswer(result);
      });
    return () => {
      isGone = true;
    };
  }, [workflowId, estimate]);

  return (
    <div className="min-h-16 rounded-lg border bg-muted/40 px-4 py-3 text-sm" aria-live="polite">
      {answer === null ? <p className="text-muted-foreground">What will it cost? …</p> : null}
      {answer && !answer.ok ? <p className="text-muted-foreground">{answer.error.message}</p> : null}
      {answer?.ok ? <Range range={answer.data} /> : null}
    </div>
  );
}

function Range({ range }: { range: RunCostRange }) {
  const { low, likely, high } = range;
  return (
    <>
      <p>
        Likely <span className="tabular font-semibold">{formatMicros(likely)}</span>
        <span className="text-muted-foreground">
          {low === high ? null : (
            <>
              , from <span className="tabular">{formatMicros(low)}</span> to{" "}
              <span className="tabular">{formatMicros(high)}</span>
            </>
          )}
        </span>
      </p>
      <p className="mt-0.5 text-[0.8125rem] text-muted-foreground">{basisOf(range)}</p>
    </>
  );
}
