import { FormField } from "@/components/shared/form-field";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { priceOfCredit } from "@/lib/billing/credit-price";
import type { Tax } from "@/lib/billing/tax";
import { parseMicros } from "@/lib/money";
import type { OrderedCredit } from "@/lib/payments/started-payment";

const AMOUNTS = ["25", "50", "100", "250"];

/** How much credit, typed or chosen. */
export function CreditAmount({ amount, onChange }: { amount: string; onChange: (amount: string) => void }) {
  return (
    <>
      <FormField name="amount" label="Amount in dollars" required hint="From $5 to $10,000.">
        <Input
          inputMode="decimal"
          autoComplete="off"
          value={amount}
          onChange={(event) => onChange(event.target.value)}
        />
      </FormField>
      <div className="flex flex-wrap gap-2">
        {AMOUNTS.map((one) => (
          <Button
            key={one}
            variant={amount === one ? "secondary" : "outline"}
            size="sm"
            onClick={() => onChange(one)}
            aria-pressed={amount === one}
          >
            ${one}
          </Button>
        ))}
      </div>
    </>
  );
}

/** What the amount that is typed will cost; null while it is none. */
export function creditPrice(amount: string, tax: Tax | null): OrderedCredit | null {
  const micros = parseMicros(amount.trim().replace(/^\$\s*/, ""));
  if (micros === null || micros <= 0n) return null;
  const { subtotalCents, taxCents, totalCents } = priceOfCredit(micros, tax);
  return { creditCents: subtotalCents, taxCents, taxNote: tax?.note ?? null, totalCents };
}
