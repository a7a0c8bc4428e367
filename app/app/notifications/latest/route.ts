import { countApprovals } from "@/lib/approvals/queries";
import { tenantRoute } from "@/lib/auth/route";
import type { Inbox } from "@/lib/notifications/inbox";
import { readBell } from "@/lib/notifications/queries/inbox";

/** What waits for the person, for the bell and the navigation: read on every navigation and each minute. */
export const GET = tenantRoute(async (scope) => {
  const [{ unread, latest }, approvals] = await Promise.all([readBell(scope), countApprovals(scope)]);
  const inbox: Inbox = {
    unread,
    latest: latest.map(({ body: _, createdAt, ...item }) => ({
      ...item,
      createdAt: createdAt.toISOString(),
    })),
    approvals,
  };
  return Response.json(inbox, { headers: { "cache-control": "private, no-store" } });
});
