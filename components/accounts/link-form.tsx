import type { ReactNode } from "react";
import { ActionForm } from "@/components/shared/action-form";
import { SubmitButton } from "@/components/shared/submit-button";
import { Alert } from "@/components/ui/alert";
import type { ServerAction } from "@/lib/result";

/**
 * The button that uses a link from mail up, with the fields that go with it.
 * @param beside who else is signed in here and stays so, and what they are told once the link was used
 */
export function LinkForm<T>({
  action,
  token,
  submitLabel,
  beside = null,
  children,
}: {
  action: ServerAction<T>;
  token: string;
  submitLabel: string;
  beside?: { readonly email: string; readonly done: string } | null;
  children?: ReactNode;
}) {
  return (
    <ActionForm
      action={action}
      {...(beside
        ? {
            successMessage: `${beside.done} You are still signed in as ${beside.email}.`,
            successHref: "/start",
          }
        : {})}
    >
      {beside ? (
        <Alert tone="warning" title={`You are signed in as ${beside.email}.`}>
          This is for somebody else, and you stay signed in.
        </Alert>
      ) : null}
      <input type="hidden" name="token" value={token} />
      {children}
      <SubmitButton size="lg" className="w-full">
        {submitLabel}
      </SubmitButton>
    </ActionForm>
  );
}
