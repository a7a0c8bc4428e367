import { MonitorSmartphone } from "lucide-react";
import { ActionButton } from "@/components/shared/action-button";
import { RelativeTime } from "@/components/shared/relative-time";
import { Badge } from "@/components/ui/badge";
import { deviceName } from "@/lib/accounts/device";
import type { SessionItem } from "@/lib/accounts/sessions";
import type { ServerAction } from "@/lib/result";

/** Where somebody is signed in, each with the way to end it. */
export function SessionList<T>({
  sessions,
  revoke,
}: {
  sessions: readonly SessionItem[];
  revoke: ServerAction<T>;
}) {
  return (
    <ul className="divide-y">
      {sessions.map((session) => (
        <li
          key={session.id}
          className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3.5 first:pt-0 last:pb-0"
        >
          <MonitorSmartphone className="size-5 shrink-0 text-muted-foreground" aria-hidden="true" />
          <div className="min-w-0 flex-1 basis-48">
            <p className="flex flex-wrap items-center gap-2 font-medium text-sm">
              {deviceName(session.userAgent)}
              {session.isCurrent ? <Badge tone="success">This device</Badge> : null}
            </p>
            <p className="text-muted-foreground text-[0.8125rem]">
              {session.ip ? `${session.ip} · ` : null}
              signed in <RelativeTime value={session.createdAt} /> · last used{" "}
              <RelativeTime value={session.lastSeenAt} />
            </p>
          </div>
          {session.isCurrent ? null : (
            <ActionButton
              action={revoke}
              input={{ sessionId: session.id }}
              variant="outline"
              size="sm"
              aria-label={`Sign out ${deviceName(session.userAgent)}${session.ip ? `, ${session.ip}` : ""}`}
              successMessage="That device is signed out."
            >
              Sign out
            </ActionButton>
          )}
        </li>
      ))}
    </ul>
  );
}
