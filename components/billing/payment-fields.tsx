import { FormField } from "@/components/shared/form-field";
import { Input } from "@/components/ui/input";
import { NativeSelect } from "@/components/ui/native-select";
import { PAYMENT_METHODS } from "@/lib/billing/input";

/** How money came or went outside of Stripe, and how it is found again. */
export function PaymentFields() {
  return (
    <>
      <FormField name="method" label="How it was paid" required>
        <NativeSelect>
          {Object.entries(PAYMENT_METHODS).map(([method, label]) => (
            <option key={method} value={method}>
              {label}
            </option>
          ))}
        </NativeSelect>
      </FormField>
      <FormField name="reference" label="Reference" hint="As on the bank statement." required>
        <Input autoComplete="off" />
      </FormField>
    </>
  );
}
