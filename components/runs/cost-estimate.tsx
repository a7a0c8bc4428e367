"use client";

import { useEffect, useState } from "react";
import { pagePerson } from "@/components/shared/page-person";
import { formatMicros } from "@/lib/money";
import type { ActionResult, ServerAction } from "@/lib/result";
import type { RunCostRange } from "@/lib/runs/cost-range";
import { costWords } from "@/lib/runs/cost-words";
import type { EstimateRunInput } from "@/lib/runs/input";

const UNREAD: ActionResult<RunCostRange> = {
  ok: false,
  error: {
    code: "upstream",
    message: "What it will cost could not be worked out: the server was not reached.",
  },
};

/** What a run will cost, asked for when it is shown. */
export function CostEstimate({
  estimate,
  input,
  what = "run",
}: {
  estimate: ServerAction<RunCostRange>;
  input: EstimateRunInput;
  /** What is paid for. */
  what?: string;
}) {
  const [answer, setAnswer] = useState<ActionResult<RunCostRange> | null>(null);
  const asked = JSON.stringify(input);

  useEffect(() => {
    let isGone = false;
    setAnswer(null);
    estimate(pagePerson(), JSON.parse(asked))
      .catch(() => null)
      .then((result) => {
        if (!isGone) setAnswer(result ?? UNREAD);
      });
    return () => {
      isGone = true;
    };
  }, [asked, estimate]);

  return (
    <div className="min-h-16 rounded-lg border bg-muted/40 px-4 py-3 text-sm" aria-live="polite">
      {answer === null ? <p className="text-muted-foreground">What will this {what} cost? …</p> : null}
      {answer && !answer.ok ? <p className="text-muted-foreground">{answer.error.message}</p> : null}
      {answer?.ok ? <CostRangeText range={answer.data} what={what} /> : null}
    </div>
  );
}

/** The likely range of what something costs, what it is based on, and what is taken for granted. */
export function CostRangeText({ range, what = "run" }: { range: RunCostRange; what?: string }) {
  const { low, likely, high } = range;
  const { basis, assumed } = costWords(range);
  return (
    <>
      <p>
        This {what} costs about <span className="tabular font-semibold">{formatMicros(likely)}</span>
        <span className="text-muted-foreground">
          {low === high ? null : (
            <>
              , likely from <span className="tabular">{formatMicros(low)}</span> to{" "}
              <span className="tabular">{formatMicros(high)}</span>
            </>
          )}
          .
        </span>
      </p>
      <div className="mt-0.5 grid gap-0.5 text-[0.8125rem] text-muted-foreground leading-snug">
        <p>{basis}</p>
        {assumed.map((sentence) => (
          <p key={sentence} className="wrap-anywhere">
            {sentence}
          </p>
        ))}
      </div>
    </>
  );
}
