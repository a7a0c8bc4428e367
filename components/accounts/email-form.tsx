import { ActionForm } from "@/components/shared/action-form";
import { FormField } from "@/components/shared/form-field";
import { SubmitButton } from "@/components/shared/submit-button";
import { Input } from "@/components/ui/input";
import type { ServerAction } from "@/lib/result";

/** One e-mail address and a button. */
export function EmailForm<T>({
  action,
  successHref,
  submitLabel,
}: {
  action: ServerAction<T>;
  successHref: string;
  submitLabel: string;
}) {
  return (
    <ActionForm action={action} successHref={successHref}>
      <FormField name="email" label="E-mail" required>
        <Input type="email" autoComplete="username" inputMode="email" autoFocus />
      </FormField>
      <SubmitButton size="lg" className="w-full">
        {submitLabel}
      </SubmitButton>
    </ActionForm>
  );
}
