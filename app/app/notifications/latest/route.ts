import { countApprovals } from "@/lib/approvals/queries";
import { tenantRoute } from "@/lib/auth/route";
import { readBell } from "@/lib/notifications/queries/inbox";

/** What waits for the person, for the bell and the navigation: read on every navigation and each minute. */
export const GET = tenantRoute(async (scope) => {
  const [bell, approvals] = await Promise.all([readBell(scope), countApprovals(scope)]);
  return Response.json({ ...bell, approvals }, { headers: { "cache-control": "private, no-store" } });
});
