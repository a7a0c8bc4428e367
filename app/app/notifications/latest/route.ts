import { tenantRoute } from "@/lib/auth/route";
import { readBell } from "@/lib/notifications/queries/inbox";

/** What the bell shows: read on every navigation and each minute. */
export const GET = tenantRoute(async (scope) =>
  Response.json(await readBell(scope), { headers: { "cache-control": "private, no-store" } }),
);
