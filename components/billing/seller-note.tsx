import { DateTime } from "@/components/shared/date-time";
import { Alert } from "@/components/ui/alert";
import type { SellerView } from "@/lib/tenants/seller-queries";

/** A change of the seller is news until its first whole invoice is there. */
const NEWS_DAYS = 45;

/** Says that somebody else bills the workspace since a short while, and what that means. */
export function SellerNote({ seller, now }: { seller: SellerView; now: Date }) {
  const { change } = seller;
  if (!change || now.getTime() - change.at.getTime() > NEWS_DAYS * 86_400_000) return null;
  return (
    <Alert tone="info" title={`You are billed by ${seller.name} now`}>
      Since <DateTime value={change.at} utc /> you pay{" "}
      {seller.isPlatform ? "the platform's" : `${seller.name}'s`} prices. What you used before is billed by{" "}
      {change.before}, in an invoice of its own. Your credit and your plan go on as they are.
    </Alert>
  );
}
