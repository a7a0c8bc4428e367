"use client";

import { type ComponentProps, type ReactNode, useState } from "react";
import { ActionForm } from "@/components/shared/action-form";
import { Alert } from "@/components/ui/alert";
import { Link } from "@/components/ui/link";
import { toast } from "@/components/ui/toast";
import type { ServerAction } from "@/lib/result";
import { PRICES_FORM } from "./prices-form";

/** Whether prices were typed that are not saved: what they would lead to is not what would be seen or scheduled. */
function hasUnsaved(): boolean {
  const form = document.getElementById(PRICES_FORM);
  const inputs = form ? [...form.querySelectorAll("input:not([type=hidden])")] : [];
  return inputs.some((input) => input instanceof HTMLInputElement && input.value !== input.defaultValue);
}

/** A link away from a draft that does not throw away what was typed. */
export function SavedFirstLink({ onClick: _, ...props }: ComponentProps<typeof Link>) {
  return (
    <Link
      {...props}
      onClick={(event) => {
        if (!hasUnsaved()) return;
        event.preventDefault();
        toast.error("Save your prices first.", { description: "What you typed is not saved yet." });
      }}
    />
  );
}

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
        const isUnsaved = hasUnsaved();
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
