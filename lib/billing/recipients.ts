import { and, asc, eq } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { users } from "@/db/schema/auth";
import { readParty } from "./party";

type Billed = { tenantId: string; customer: unknown; customerName: string };

/** Where a tenant's invoices go: the address of its tax details, else its admins. */
export async function recipientsOf(tx: Tx, invoice: Billed): Promise<string[]> {
  const { email } = readParty(invoice.customer, invoice.customerName);
  if (email) return [email];
  const admins = await tx
    .select({ email: users.email })
    .from(users)
    .where(
      and(eq(users.tenantId, invoice.tenantId), eq(users.role, "tenant_admin"), eq(users.isActive, true)),
    )
    .orderBy(asc(users.id));
  return admins.map((admin) => admin.email);
}
