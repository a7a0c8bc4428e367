import type { ReactNode } from "react";
import { ActionForm } from "@/components/shared/action-form";
import { SubmitButton } from "@/components/shared/submit-button";
import type { ServerAction } from "@/lib/result";

/** The button that uses a link from mail up, with the fields that go with it. */
export function LinkForm<T>({
  action,
  token,
  submitLabel,
  children,
}: {
  action: ServerAction<T>;
  token: string;
  submitLabel: string;
  children?: ReactNode;
}) {
  return (
    <ActionForm action={action}>
      <input type="hidden" name="token" value={token} />
      {children}
      <SubmitButton size="lg" className="w-full">
        {submitLabel}
      </SubmitButton>
    </ActionForm>
  );
}
