import "server-only";
import { eq } from "drizzle-orm";
import { asPlatform } from "@/db/access";
import { wallets } from "@/db/schema/wallets";
import type { PlatformScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { AppError, fieldError } from "@/lib/errors";
import { microsToNumeric } from "@/lib/money";
import { creditWasAdded } from "../changes";
import type { WalletTermsInput } from "../input";

/**
 * Says whether a tenant pays before or after it uses, and how far it may go below zero.
 * @throws AppError `not_found`; `invalid` for a limit of who pays before
 */
export async function setWalletTerms(scope: PlatformScope, input: WalletTermsInput): Promise<void> {
  authorize(scope, "wallet.update");
  const { tenantId, mode, reason } = input;
  if (mode === "prepaid" && input.creditLimit > 0n)
    throw fieldError("creditLimit", "Only who pays afterwards has a credit limit.");
  const creditLimit = microsToNumeric(input.creditLimit);
  await asPlatform(scope, async (tx) => {
    const [before] = await tx
      .select({ mode: wallets.mode, creditLimit: wallets.creditLimit })
      .from(wallets)
      .where(eq(wallets.tenantId, tenantId))
      .for("no key update");
    if (!before) throw new AppError("not_found", "This workspace does not exist.");
    await audit(tx, scope, {
      action: "wallet.terms",
      targetType: "tenant",
      targetId: tenantId,
      tenantId,
      before,
      after: { mode, creditLimit, reason },
    });
    await tx.update(wallets).set({ mode, creditLimit }).where(eq(wallets.tenantId, tenantId));
  });
  await creditWasAdded(tenantId);
}
