import { change, type Fault, payout } from "./fault-testing";
import { FEE_FAULTS } from "./fee-testing";

/** What can be wrong with invoices, their lines and their numbers. */
export const DOCUMENT_FAULTS: readonly Fault[] = [
  ["I11", "a total", change("update invoices set total_amount = total_amount + 0.01 where sequence = 1")],
  [
    "I11",
    "a line",
    change("update invoice_lines set amount = amount + 0.000001 where kind = 'usage' and position = 1"),
  ],
  [
    "I11",
    "the cents of a line",
    change("update invoice_lines set amount_cents = amount_cents + 1 where kind = 'usage'"),
  ],
  [
    "I11",
    "what credit covered",
    change("update invoice_lines set amount = amount + 0.000001 where kind = 'covered'"),
  ],
  ["I11", "usage that left its invoice", change("delete from invoice_entry_links")],
  [
    "I11",
    "a tax of bought credit that nobody was told of",
    change("update topups set tax_cents = tax_cents + 1, total_cents = total_cents + 1 where tax_cents > 0"),
  ],
  [
    "I11",
    "bought credit that was not invoiced",
    change("update invoices set topup_id = null where kind = 'topup'"),
  ],
  [
    "I11",
    "bought credit that went back without a credit note",
    change(`insert into refunds (id, tenant_id, payment_id, amount_cents, tax_cents, status, reason)
      select gen_random_uuid(), tenant_id, id, 119, 19, 'succeeded', 'none' from payments where topup_id is not null`),
  ],
  ["I12", "a gap", change("update invoices set sequence = sequence + 100 where sequence > 1")],
  ["I12", "a number that is missing at the start", change("update invoices set sequence = sequence + 100")],
  [
    "I12",
    "a final invoice without a number",
    change("update invoices set sequence = null where sequence = 2"),
  ],
  ["I12", "a payout's number that is missing", payout("approved", "'PS-2', 2, 0, 0")],
  ...FEE_FAULTS.map(([what, text]): Fault => ["I17", what, change(text)]),
];
