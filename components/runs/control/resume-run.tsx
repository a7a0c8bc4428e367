"use client";

import { StepForward } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { FormError } from "@/components/shared/form-error";
import { pagePerson } from "@/components/shared/page-person";
import { sayRefusal } from "@/components/shared/say-refusal";
import { isSeen } from "@/components/shared/seen";
import { UNREACHABLE } from "@/components/shared/unreachable";
import { Button } from "@/components/ui/button";
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
  DialogTrigger,
} from "@/components/ui/dialog";
import { Skeleton } from "@/components/ui/skeleton";
import type { PublicError } from "@/lib/errors";
import type { ServerAction } from "@/lib/result";
import type { NewestVersion } from "@/lib/runs/newest-version";
import type { ResumePreview } from "@/lib/runs/resume-preview";
import { ResumePlan } from "./resume-plan";
import { useStartAgain } from "./start-again";
import { type OnVersion, VersionChoice } from "./version-choice";

/** Goes on with a failed or stopped run, after showing what is taken over, what runs, and what that saves. */
export function ResumeRun({
  executionId,
  preview,
  action,
}: {
  executionId: string;
  preview: ServerAction<ResumePreview>;
  action: ServerAction<{ executionId: string }>;
}) {
  const [open, setOpen] = useState(false);
  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger asChild>
        <Button variant="brand">
          <StepForward aria-hidden="true" />
          Resume
        </Button>
      </DialogTrigger>
      <DialogContent className="max-w-xl">
        <DialogHeader>
          <DialogTitle>Resume this run</DialogTitle>
          <DialogDescription>
            A new run goes on where this one ended. What is done is taken over and is not billed again.
          </DialogDescription>
        </DialogHeader>
        {open ? <ResumeForm executionId={executionId} preview={preview} action={action} /> : null}
      </DialogContent>
    </Dialog>
  );
}

type Seen = { readonly plan: ResumePreview } | { readonly error: PublicError } | null;

function ResumeForm({ executionId, preview, action }: Parameters<typeof ResumeRun>[0]) {
  const [on, setOn] = useState<OnVersion>("same");
  const [seen, setSeen] = useState<Seen>(null);
  const [newestIs, setNewestIs] = useState<NewestVersion | null>(null);
  const [refusal, setRefusal] = useState<PublicError | null>(null);
  const { start, renew, pending } = useStartAgain(action);
  const part = useRef<HTMLDivElement>(null);

  const look = (): Promise<Exclude<Seen, null>> =>
    preview(pagePerson(), { executionId, on })
      .then((result) => (result.ok ? { plan: result.data } : { error: result.error }))
      .catch(() => ({ error: UNREACHABLE }));

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new look only when another version is chosen
  useEffect(() => {
    let isCurrent = true;
    renew();
    setSeen(null);
    setRefusal(null);
    look().then((found) => {
      if (!isCurrent) return;
      setSeen(found);
      if ("plan" in found) setNewestIs(found.plan.newestIs);
    });
    return () => {
      isCurrent = false;
    };
  }, [executionId, on]);

  async function resume({ resumes }: ResumePreview) {
    const refused = await start({ executionId, on, resumesSeen: resumes });
    // The dialog was closed meanwhile.
    if (refused && !isSeen(part.current)) return sayRefusal(refused);
    setRefusal(refused);
    // What somebody else has started meanwhile is shown first.
    if (refused?.reason === "resumed_meanwhile") setSeen(await look());
  }

  const plan = seen && "plan" in seen ? seen.plan : null;
  const error = refusal ?? (seen && "error" in seen ? seen.error : null);
  return (
    <>
      <VersionChoice on={on} onChange={setOn} newestIs={newestIs} />
      <div
        ref={part}
        className="grid min-h-40 content-start gap-4"
        aria-live="polite"
        aria-busy={seen === null}
      >
        {seen === null ? <Skeleton className="h-40" /> : null}
        {error ? <FormError error={error} /> : null}
        {plan ? <ResumePlan plan={plan} /> : null}
      </div>
      <DialogFooter>
        <Button variant="brand" disabled={!plan} loading={pending} onClick={() => plan && resume(plan)}>
          Resume
        </Button>
      </DialogFooter>
    </>
  );
}
