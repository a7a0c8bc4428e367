import { FormField } from "@/components/shared/form-field";
import { Input } from "@/components/ui/input";
import { Textarea } from "@/components/ui/textarea";

/** Why something is done. It is kept in the audit log. */
export function ReasonField({ hint = "It is kept in the audit log." }: { hint?: string }) {
  return (
    <FormField name="reason" label="Reason" hint={hint} required>
      <Textarea rows={3} />
    </FormField>
  );
}

/** Somebody else's address. */
export function EmailField({ name = "email", label = "E-mail" }: { name?: string; label?: string }) {
  return (
    <FormField name={name} label={label} required>
      <Input type="email" inputMode="email" autoComplete="off" />
    </FormField>
  );
}

/** The name of a workspace or a partner. */
export function NameField({ defaultValue, hint }: { defaultValue?: string; hint?: string }) {
  return (
    <FormField name="name" label="Name" required {...(hint ? { hint } : {})}>
      <Input autoComplete="off" defaultValue={defaultValue} />
    </FormField>
  );
}
