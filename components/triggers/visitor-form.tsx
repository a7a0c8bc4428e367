"use client";

import { useRouter } from "next/navigation";
import type { ReactNode } from "react";
import { ActionForm } from "@/components/shared/action-form";
import type { ServerAction } from "@/lib/result";

/** The form of a form page. Where its fields are wrong they are read again: they may have changed since it was opened. */
export function VisitorForm<T>({
  action,
  successHref,
  children,
}: {
  action: ServerAction<T>;
  successHref: string;
  children: ReactNode;
}) {
  const router = useRouter();
  const send: ServerAction<T> = async (person, payload) => {
    const result = await action(person, payload);
    if (result && !result.ok && result.error.reason === "bad_input") router.refresh();
    return result;
  };
  return (
    <ActionForm guarded action={send} successHref={successHref}>
      {children}
    </ActionForm>
  );
}
