import { FormField } from "@/components/shared/form-field";
import { Checkbox } from "@/components/ui/checkbox";
import { Input } from "@/components/ui/input";
import { NativeSelect } from "@/components/ui/native-select";
import { COUNTRY_OPTIONS, countryName, ELSEWHERE } from "@/lib/billing/countries";

/** The tax of a country, and from when. */
export function TaxRateFields() {
  return (
    <>
      <FormField name="country" label="Country of the customer" required>
        <NativeSelect>
          <option value={ELSEWHERE}>{countryName(ELSEWHERE)}</option>
          {COUNTRY_OPTIONS.map(({ code, name }) => (
            <option key={code} value={code}>
              {name}
            </option>
          ))}
        </NativeSelect>
      </FormField>
      <div className="grid gap-4 sm:grid-cols-2">
        <FormField name="name" label="Name" hint="As invoices call it." required>
          <Input autoComplete="off" placeholder="VAT" />
        </FormField>
        <FormField name="percent" label="Percent" hint="0: no tax." required>
          <Input inputMode="decimal" autoComplete="off" placeholder="19" />
        </FormField>
      </div>
      <FormField name="reverseCharge" label="Reverse charge: a customer with a tax id accounts for it" inline>
        <Checkbox />
      </FormField>
      <FormField
        name="effectiveFrom"
        label="Begins (UTC)"
        hint="Empty means now. What was invoiced before keeps its tax."
      >
        <Input type="datetime-local" className="w-60 max-w-full" />
      </FormField>
    </>
  );
}
