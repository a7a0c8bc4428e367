import { asSystem } from "@/db/access";
import { invoices } from "@/db/schema/invoices";
import { FACTS, mailedToken, signIn } from "@/db/seed/people";
import { signUp } from "@/lib/accounts/sign-up";
import { verifyEmail } from "@/lib/accounts/verify-email";
import { jobScope } from "@/lib/auth/scope";
import { issueInvoice } from "@/lib/billing/commands/issue";
import { finalizeInvoice, insertLines } from "@/lib/billing/finalize";
import { dunInvoice } from "@/lib/dunning/run";
import { newId } from "@/lib/ids";
import { DEBTOR } from "./debtor";

const DAY_MS = 86_400_000;
const ago = (days: number) => new Date(Date.now() - days * DAY_MS);

/** An invoice for a month of a plan, made so many days ago, and mailed. */
async function invoiceOf(tenantId: string, daysAgo: number): Promise<string> {
  const id = newId();
  const [start, end] = [ago(daysAgo + 30), ago(daysAgo)];
  await asSystem("plant", async (tx) => {
    await tx.insert(invoices).values({
      id,
      tenantId,
      invoiceNumber: `draft-${id}`,
      status: "draft",
      kind: "subscription",
      totalAmount: "0",
      periodStart: start,
      periodEnd: end,
      dueDate: end,
      sellerName: "",
      customerName: "",
    });
    await insertLines(tx, tenantId, id, [
      {
        position: null,
        description: "Team, a month",
        resourceType: "plan",
        unit: "month",
        modelKey: null,
        rateMicros: 40_000_000n,
        quantityMicros: 1_000_000n,
        amountMicros: 40_000_000n,
        amountCents: 4_000n,
        serviceStart: start,
        serviceEnd: end,
        kind: "plan",
        source: null,
      },
    ]);
    const by = { actor: { kind: "job", name: "plant" } } as const;
    if (!(await finalizeInvoice(tx, by, id, end))) throw new Error("nothing was billed");
  });
  await issueInvoice(id);
  return id;
}

/** Somebody with an invoice that is overdue and one that is not, who was reminded. */
export async function plantDebtor(): Promise<void> {
  const { email } = DEBTOR;
  await signUp(FACTS, DEBTOR);
  await verifyEmail(FACTS, { token: await mailedToken(email) });
  const { tenant } = await signIn(email);
  const overdue = await invoiceOf(tenant.id, 20);
  await invoiceOf(tenant.id, 1);
  await dunInvoice(await jobScope(tenant.id, "dunning"), overdue);
}
