import { and, asc, eq, like } from "drizzle-orm";
import { asSystem } from "@/db/access";
import { users } from "@/db/schema/auth";
import { creditNotes, invoices } from "@/db/schema/invoices";
import { payments, topups } from "@/db/schema/payments";
import { emails } from "@/db/schema/system";
import { newId } from "@/lib/ids";
import type { TestTenant } from "@/lib/testing/scopes";
import { topupPaid } from "./topups";

/** Credit for $10 that was bought by card with a tax of 19 %. */
export async function buyWithTax({ tenantId }: TestTenant): Promise<{ topupId: string }> {
  const topupId = newId();
  await asSystem("test", async (tx) => {
    await tx.insert(topups).values({
      id: topupId,
      tenantId,
      kind: "manual",
      amount: "10.000000",
      taxCents: 190n,
      totalCents: 1190n,
      taxPercent: "19.000",
      taxNote: "VAT 19 %",
      requestKey: topupId,
      month: "2026-11",
    });
    await tx.insert(payments).values({
      tenantId,
      topupId,
      method: "card",
      amountCents: 1190n,
      status: "succeeded",
      requestKey: topupId,
    });
    await topupPaid(tx, tenantId, topupId);
  });
  return { topupId };
}

/** What is on paper of a tenant's bought credit: each invoice, and each credit note, as `credit + tax = total`. */
export async function papers({ tenantId }: TestTenant) {
  return asSystem("test", async (tx) => {
    const rows = await tx
      .select()
      .from(invoices)
      .where(and(eq(invoices.tenantId, tenantId), eq(invoices.kind, "topup")))
      .orderBy(asc(invoices.id));
    const notes = await tx
      .select()
      .from(creditNotes)
      .where(eq(creditNotes.tenantId, tenantId))
      .orderBy(asc(creditNotes.id));
    return {
      invoices: rows.map(
        ({ subtotalCents, taxCents, status, taxNote }) =>
          `${subtotalCents} + ${taxCents} ${status}${taxNote ? `: ${taxNote}` : ""}`,
      ),
      notes: notes.map(({ subtotalCents, taxCents, status }) => `${subtotalCents} + ${taxCents} ${status}`),
    };
  });
}

/** What the customer was mailed of credit notes: the amount of each. */
export async function mailedNotes({ tenantId }: TestTenant): Promise<string[]> {
  return asSystem("test", async (tx) => {
    const rows = await tx
      .select({ body: emails.body })
      .from(emails)
      .innerJoin(users, eq(users.email, emails.recipient))
      .where(and(eq(users.tenantId, tenantId), like(emails.subject, "Credit note %")))
      .orderBy(asc(emails.createdAt));
    return rows.map(({ body }) => /\$\S+/.exec(body)?.[0] ?? body);
  });
}
