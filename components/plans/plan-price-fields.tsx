import { FormField } from "@/components/shared/form-field";
import { Input } from "@/components/ui/input";
import { NativeSelect } from "@/components/ui/native-select";
import { BILLING_CYCLES, CYCLE_LABELS } from "@/lib/plans/cycles";

/** What a plan costs a month or a year, and from when. */
export function PlanPriceFields() {
  return (
    <>
      <FormField name="billingCycle" label="Paid" required>
        <NativeSelect>
          {BILLING_CYCLES.map((cycle) => (
            <option key={cycle} value={cycle}>
              {CYCLE_LABELS[cycle]}
            </option>
          ))}
        </NativeSelect>
      </FormField>
      <FormField name="amount" label="Price in US dollars" hint="Before tax." required>
        <Input inputMode="decimal" autoComplete="off" placeholder="29.00" />
      </FormField>
      <FormField
        name="effectiveFrom"
        label="Begins (UTC)"
        hint="Empty means now. Who has the plan pays it from the next time its fee is due."
      >
        <Input type="datetime-local" className="w-60 max-w-full" />
      </FormField>
    </>
  );
}
