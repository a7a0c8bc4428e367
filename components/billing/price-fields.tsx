import { FormField } from "@/components/shared/form-field";
import { Input } from "@/components/ui/input";

/** A price in dollars. `unit` is what one price pays for. */
export function PriceField({ unit, hint }: { unit: string; hint?: string }) {
  return (
    <FormField name="rate" label={`Price in US dollars per ${unit}`} required {...(hint ? { hint } : {})}>
      <Input inputMode="decimal" autoComplete="off" placeholder="0.25" />
    </FormField>
  );
}

/** A price and the moment it begins. */
export function PriceFields({ unit, hint }: { unit: string; hint?: string }) {
  return (
    <>
      <PriceField unit={unit} {...(hint ? { hint } : {})} />
      <FormField
        name="effectiveFrom"
        label="Begins (UTC)"
        hint="Empty means now. What was used before keeps its price."
      >
        <Input type="datetime-local" className="w-60 max-w-full" />
      </FormField>
    </>
  );
}
