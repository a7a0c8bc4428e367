"use client";

import type { ReactNode } from "react";
import { ActionForm } from "@/components/shared/action-form";
import { Alert } from "@/components/ui/alert";
import type { ServerAction } from "@/lib/result";
import { useSavedPrices } from "./prices-form";

/** Schedules what is saved. With prices typed and not saved it says so, and does nothing. */
export function ScheduleForm({
  action,
  children,
}: {
  action: ServerAction<{ made: number }>;
  children: ReactNode;
}) {
  const { isBehind, hold } = useSavedPrices();
  return (
    <ActionForm action={action} successMessage="The prices are scheduled." onSubmitCapture={hold}>
      {children}
      {isBehind ? (
        <Alert tone="warning" title="Save your prices first.">
          What you typed above is not in this list yet.
        </Alert>
      ) : null}
    </ActionForm>
  );
}
