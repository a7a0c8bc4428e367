import { and, eq } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { partnerMembers, users } from "@/db/schema/auth";
import { queueMail } from "@/lib/email/queue";
import { env } from "@/lib/env";
import type { SetPartnerStatusInput } from "../input";

const customersText = (customers: number) =>
  customers === 1 ? "Your customer buys" : `Your ${customers.toLocaleString("en-US")} customers buy`;

function bodyOf({ status, reason, customers }: Change): string {
  if (status === "suspended")
    return [
      `The platform has suspended your partnership: ${reason}`,
      customers > 0
        ? `${customersText(customers)} from the platform directly until this is lifted, at its base prices. What was used before is billed in your name, and their work goes on.`
        : "",
      "What you have earned stays yours and is paid out once this is lifted. You can read and export everything; nothing can be changed.",
    ]
      .filter(Boolean)
      .join("\n\n");
  return [
    `Your partnership is active again: ${reason}`,
    customers > 0 ? `${customersText(customers)} from you again, at your prices, from this moment on.` : "",
    "Payouts that were held go on.",
  ]
    .filter(Boolean)
    .join("\n\n");
}

type Change = SetPartnerStatusInput & { at: Date; customers: number };

/** Tells everybody in the partner's team, once for each change. */
export async function mailPartner(tx: Tx, change: Change): Promise<void> {
  const people = await tx
    .select({ id: users.id, email: users.email })
    .from(partnerMembers)
    .innerJoin(users, eq(users.id, partnerMembers.userId))
    .where(and(eq(partnerMembers.partnerId, change.partnerId), eq(users.isActive, true)));
  for (const { id, email } of people)
    await queueMail(tx, {
      to: email,
      subject:
        change.status === "suspended" ? "Your partnership is suspended" : "Your partnership is active again",
      body: bodyOf(change),
      action: { label: "Open the partner console", url: `${env().appUrl}/partner` },
      idempotencyKey: `partner-status:${change.partnerId}:${change.at.getTime()}:${id}`,
    });
}
