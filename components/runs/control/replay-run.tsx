"use client";

import { RotateCcw } from "lucide-react";
import { useEffect, useState } from "react";
import { CostEstimate } from "@/components/runs/cost-estimate";
import { FormError } from "@/components/shared/form-error";
import { pagePerson } from "@/components/shared/page-person";
import { UNREACHABLE } from "@/components/shared/unreachable";
import { Button } from "@/components/ui/button";
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogHeader,
  DialogTitle,
  DialogTrigger,
} from "@/components/ui/dialog";
import { Skeleton } from "@/components/ui/skeleton";
import { RunForm } from "@/components/workflows/editor/run-form";
import { type RunValues, valuesOf } from "@/components/workflows/editor/run-values";
import type { PublicError } from "@/lib/errors";
import type { ServerAction } from "@/lib/result";
import type { RunCostRange } from "@/lib/runs/cost-range";
import type { ReplayForm } from "@/lib/runs/replay-form";
import { useStartAgain } from "./start-again";
import { type OnVersion, VersionChoice } from "./version-choice";

type Props = {
  executionId: string;
  /** Gives what the run was given and what its versions ask for. */
  form: ServerAction<ReplayForm>;
  action: ServerAction<{ executionId: string }>;
  estimate: ServerAction<RunCostRange>;
};

/** Runs the same again, with the input of the run to begin with. */
export function ReplayRun(props: Props) {
  const [open, setOpen] = useState(false);
  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger asChild>
        <Button variant="outline">
          <RotateCcw aria-hidden="true" />
          Replay
        </Button>
      </DialogTrigger>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>Replay this run</DialogTitle>
          <DialogDescription>
            Starts a new run from the beginning. Change the input if you like. All of it is billed.
          </DialogDescription>
        </DialogHeader>
        {open ? <ReplayBody {...props} /> : null}
      </DialogContent>
    </Dialog>
  );
}

type Loaded = { readonly form: ReplayForm } | { readonly error: PublicError } | null;

function ReplayBody({ executionId, form, action, estimate }: Props) {
  const [loaded, setLoaded] = useState<Loaded>(null);
  const [on, setOn] = useState<OnVersion>("same");
  /** Also of fields that only one of the versions has. */
  const [typed, setTyped] = useState<RunValues>({});
  const [request, setRequest] = useState("");
  const { start, renew } = useStartAgain(action);

  useEffect(() => {
    form(pagePerson(), { executionId })
      .then((result) => (result.ok ? { form: result.data } : { error: result.error }))
      .catch(() => ({ error: UNREACHABLE }))
      .then(setLoaded);
  }, [form, executionId]);

  if (!loaded) return <Skeleton className="h-48" />;
  if ("error" in loaded) return <FormError error={loaded.error} />;
  const { same, newest, newestIs, input } = loaded.form;
  return (
    <>
      {newest ? <VersionChoice on={on} onChange={setOn} newestIs={newestIs} /> : null}
      <CostEstimate estimate={estimate} input={{ executionId, on }} />
      <RunForm
        key={on}
        fields={on === "newest" && newest ? newest : same}
        last={valuesOf(input)}
        typed={typed}
        submitLabel="Replay"
        onChange={(values) => setTyped((before) => ({ ...before, ...values }))}
        onRun={(values) => {
          const asked = JSON.stringify({ on, values });
          if (asked !== request) renew();
          setRequest(asked);
          return start({ executionId, on, input: values });
        }}
      />
    </>
  );
}
