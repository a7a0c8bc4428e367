import "server-only";
import { sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { tenants, users } from "@/db/schema/auth";
import { subscriptions } from "@/db/schema/plans";
import { wallets } from "@/db/schema/wallets";
import type { UserRole } from "@/db/scope";
import { currentTime } from "@/lib/clock";
import { newId } from "@/lib/ids";
import { postCredit } from "@/lib/wallet/credit";
import { findTrial } from "./trial";

const DAY_MS = 86_400_000;

/** A new workspace with its wallet and trial. Gives its id. */
export async function createWorkspace(
  tx: Tx,
  workspace: { name: string; partnerId?: string | null },
): Promise<string> {
  const tenantId = newId();
  const trial = await findTrial(tx);
  await tx.insert(tenants).values({
    id: tenantId,
    name: workspace.name,
    partnerId: workspace.partnerId ?? null,
    status: "active",
  });
  await tx.insert(wallets).values({ tenantId });
  await tx.insert(subscriptions).values({
    tenantId,
    planName: trial.planName,
    status: "trialing",
    billingCycle: "monthly",
    creditBalance: "0.000000",
    trialEndsAt: sql`now() + make_interval(days => ${trial.days})`,
  });
  if (trial.creditMicros > 0n)
    await postCredit(tx, {
      tenantId,
      kind: "grant",
      source: "promo",
      amount: trial.creditMicros,
      key: "trial",
      facts: {
        expiresAt: new Date(currentTime().getTime() + trial.days * DAY_MS),
        reason: "Trial",
      },
    });
  return tenantId;
}

export type NewUser = {
  tenantId: string;
  email: string;
  fullName: string;
  hashedPassword: string;
  role: UserRole;
  isVerified: boolean;
  image?: string | null;
};

/** A new person in a workspace. Gives the id; a second account for the same e-mail is a unique violation. */
export async function createUser(tx: Tx, user: NewUser): Promise<string> {
  const userId = newId();
  await tx.insert(users).values({
    ...user,
    id: userId,
    emailVerifiedAt: user.isVerified ? sql`now()` : null,
  });
  return userId;
}
