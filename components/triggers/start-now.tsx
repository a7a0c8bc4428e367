"use client";

import { Play } from "lucide-react";
import { useStartAgain } from "@/components/runs/control/start-again";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import type { ServerAction } from "@/lib/result";

/** Starts what a schedule would start, at once, to see that it works; the schedule itself goes on as it was. */
export function StartNow({
  workflowId,
  input,
  action,
}: {
  workflowId: string;
  /** What each run of the schedule is given. */
  input: Readonly<Record<string, unknown>>;
  action: ServerAction<{ executionId: string }>;
}) {
  const { start, renew, pending } = useStartAgain(action);
  async function startNow() {
    if (pending) return;
    renew();
    const refusal = await start({ workflowId, useDraft: false, input });
    if (refusal) toast.error(refusal.message);
  }
  return (
    <Button variant="outline" loading={pending} onClick={startNow}>
      <Play aria-hidden="true" />
      Start one now
    </Button>
  );
}
