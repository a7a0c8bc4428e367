import { ActionForm } from "@/components/shared/action-form";
import { FormField } from "@/components/shared/form-field";
import { SubmitButton } from "@/components/shared/submit-button";
import { Input } from "@/components/ui/input";
import type { ServerAction } from "@/lib/result";

/** One name and a button, for a person or a workspace. */
export function NameForm<T>({
  action,
  field,
  label,
  value,
  hint,
  successMessage,
  autoComplete,
}: {
  action: ServerAction<T>;
  field: "fullName" | "name";
  label: string;
  value: string;
  hint?: string;
  successMessage: string;
  autoComplete: string;
}) {
  return (
    <ActionForm guarded action={action} successMessage={successMessage} className="max-w-md">
      <FormField name={field} label={label} required {...(hint ? { hint } : {})}>
        <Input defaultValue={value} autoComplete={autoComplete} />
      </FormField>
      <SubmitButton className="w-fit">Save</SubmitButton>
    </ActionForm>
  );
}
