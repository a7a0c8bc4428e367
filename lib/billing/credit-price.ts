import type { Micros } from "@/lib/money";
import { buildInvoice, type Fee, type InvoiceDraft } from "./invoice";
import type { Tax } from "./tax";

function creditFee(amountMicros: Micros, at: Date): Fee {
  return {
    kind: "credit",
    description: "Credit for usage",
    resourceType: "credit",
    unit: "credit",
    modelKey: null,
    rateMicros: 0n,
    quantityMicros: 0n,
    amountMicros,
    serviceStart: at,
    serviceEnd: new Date(at.getTime() + 1000),
  };
}

/** What credit comes to with its tax: what is shown before it is paid, charged, and invoiced. */
export function priceOfCredit(amount: Micros, tax: Tax | null, at = new Date(0)): InvoiceDraft {
  return buildInvoice({ fees: [creditFee(amount, at)], tax });
}
