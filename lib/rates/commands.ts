import "server-only";
import { asPartner, asPlatform } from "@/db/access";
import type { PartnerScope, PlatformScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { tellPartners } from "./announce";
import type { SetPartnerRateInput, SetSystemRateInput } from "./input";
import { placePartnerRate, placeSystemRate } from "./place";

/**
 * Sets a base price from a moment on, or schedules it. The price before it is closed, never edited.
 * A rise above a partner's price begins 30 days later at the earliest, and the partner is told.
 * @throws AppError `invalid` by field: the model is unknown, or the moment is in the past or too soon
 */
export async function setSystemRate(
  scope: PlatformScope,
  input: SetSystemRateInput,
  now = new Date(),
): Promise<{ id: string }> {
  authorize(scope, "rate.update");
  return asPlatform(scope, async (tx) => {
    const { id, announced } = await placeSystemRate(tx, scope, input, now);
    await tellPartners(tx, [announced]);
    return { id };
  });
}

/**
 * Sets a partner's own price for what a base rate prices, from a moment on. Never below the base price in force then.
 * @throws AppError `invalid` on `rate` (under the floor, or over twenty times the base price) or `effectiveFrom`; `not_found`
 */
export async function setPartnerRate(
  scope: PartnerScope,
  input: SetPartnerRateInput,
  now = new Date(),
): Promise<{ id: string }> {
  authorize(scope, "price_book.update");
  return asPartner(scope, (tx) => placePartnerRate(tx, scope, input, now));
}
