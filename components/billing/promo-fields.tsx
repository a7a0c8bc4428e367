import { FormField } from "@/components/shared/form-field";
import { ReasonField } from "@/components/shared/text-fields";
import { Input } from "@/components/ui/input";

/** How much credit is given, until when, and why. */
export function PromoFields() {
  return (
    <>
      <FormField name="amount" label="Amount in dollars" required>
        <Input inputMode="decimal" autoComplete="off" placeholder="25.00" />
      </FormField>
      <FormField name="expiresAt" label="Last day" hint="Until its end, in UTC. Empty: it does not expire.">
        <Input type="date" />
      </FormField>
      <ReasonField hint="The customer reads it beside the credit. It is kept in the audit log." />
    </>
  );
}
