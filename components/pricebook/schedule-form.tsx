"use client";

import { type ReactNode, useState } from "react";
import { ActionForm } from "@/components/shared/action-form";
import { Alert } from "@/components/ui/alert";
import { hasUnsaved } from "@/components/ui/unsaved-store";
import type { ServerAction } from "@/lib/result";
import { PRICES_FORM } from "./prices-form";

/** Schedules what is saved. With prices typed and not saved it says so, and does nothing. */
export function ScheduleForm({
  action,
  children,
}: {
  action: ServerAction<{ made: number }>;
  children: ReactNode;
}) {
  const [isBehind, setBehind] = useState(false);
  return (
    <ActionForm
      action={action}
      successMessage="The prices are scheduled."
      onSubmitCapture={(event) => {
        const isUnsaved = hasUnsaved(document.getElementById(PRICES_FORM));
        setBehind(isUnsaved);
        if (!isUnsaved) return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      {children}
      {isBehind ? (
        <Alert tone="warning" title="Save your prices first.">
          What you typed above is not in this list yet.
        </Alert>
      ) : null}
    </ActionForm>
  );
}
