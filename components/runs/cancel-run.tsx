"use client";

import { CircleSlash } from "lucide-react";
import { ActionButton } from "@/components/shared/action-button";
import type { ServerAction } from "@/lib/result";

/** Stops a run, after asking. */
export function CancelRun({ executionId, action }: { executionId: string; action: ServerAction<unknown> }) {
  return (
    <ActionButton
      action={action}
      input={{ executionId }}
      variant="outline"
      successMessage="The run was stopped."
      confirm={{
        title: "Stop this run?",
        description:
          "Nothing new starts, and what is under way is broken off. What was used so far is billed.",
        losses: ["The answers of the nodes that are running now"],
        confirmLabel: "Stop the run",
        destructive: true,
      }}
    >
      <CircleSlash aria-hidden="true" />
      Stop run
    </ActionButton>
  );
}
