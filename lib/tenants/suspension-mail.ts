import { and, asc, eq, ne } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { tenants, users } from "@/db/schema/auth";
import { partnerBranding } from "@/db/schema/partner-money";
import { currentTime } from "@/lib/clock";
import { queueMail } from "@/lib/email/queue";
import { env } from "@/lib/env";
import { sellerName } from "./seller";

type Change = {
  tenantId: string;
  /** The partner that did it; null where the platform did. */
  partnerId: string | null;
} & ({ status: "suspended"; reason: string } | { status: "active"; owes?: string | null });

type Facts = { by: string; workspace: string; email: string | null };

function wordsOf(change: Change, { by, workspace, email }: Facts): { subject: string; body: string } {
  if (change.status === "active")
    return {
      subject: "Your workspace works again",
      body: [`${by} has lifted the suspension of the workspace ${workspace}.`, change.owes ?? ""]
        .filter(Boolean)
        .join("\n\n"),
    };
  return {
    subject: "Your workspace is suspended",
    body: [
      `${by} has suspended the workspace ${workspace}: “${change.reason}”`,
      `Nothing runs and nothing can be changed until ${by} lifts this. You can still read and export everything.`,
      email ? `Write to ${email} to have it lifted.` : "",
    ]
      .filter(Boolean)
      .join("\n\n"),
  };
}

/** Tells a workspace's admins that somebody suspended it, or lets it work again, in the transaction that does so. */
export async function mailSuspension(tx: Tx, change: Change): Promise<void> {
  const { tenantId, partnerId, status } = change;
  const [tenant] = await tx.select({ name: tenants.name }).from(tenants).where(eq(tenants.id, tenantId));
  if (!tenant) return;
  const [branding] = partnerId
    ? await tx
        .select({ email: partnerBranding.email })
        .from(partnerBranding)
        .where(eq(partnerBranding.partnerId, partnerId))
    : [];
  const by = await sellerName(tx, partnerId);
  const words = wordsOf(change, { by, workspace: tenant.name, email: branding?.email ?? null });
  const admins = await tx
    .select({ id: users.id, email: users.email })
    .from(users)
    .where(
      and(
        eq(users.tenantId, tenantId),
        eq(users.isActive, true),
        eq(users.isVerified, true),
        // A partner's or the platform's people are the admins of their own workspace.
        ne(users.role, "user"),
      ),
    )
    .orderBy(asc(users.id));
  const at = currentTime().getTime();
  for (const { id, email } of admins)
    await queueMail(tx, {
      to: email,
      ...words,
      action: { label: "Open your workspace", url: `${env().appUrl}/app` },
      idempotencyKey: `suspension:${tenantId}:${status}:${at}:${id}`,
    });
}
