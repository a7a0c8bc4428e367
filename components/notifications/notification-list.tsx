import { UnreadDot } from "@/components/notifications/bell";
import { KindIcon } from "@/components/notifications/kind-icon";
import { MarkButton } from "@/components/notifications/mark-button";
import { NotificationTitle } from "@/components/notifications/title";
import { RelativeTime } from "@/components/shared/relative-time";
import { Link } from "@/components/ui/link";
import { cn } from "@/lib/cn";
import type { NotificationItem } from "@/lib/notifications/queries/inbox";
import type { ServerAction } from "@/lib/result";

/** A person's notifications, each with its way to the page that shows more. */
export function NotificationList({
  items,
  mark,
}: {
  items: readonly NotificationItem[];
  mark: ServerAction<unknown>;
}) {
  return (
    <ul className="divide-y overflow-hidden rounded-xl border bg-card">
      {items.map((item) => (
        <NotificationRow key={item.id} item={item} mark={mark} />
      ))}
    </ul>
  );
}

function NotificationRow({ item, mark }: { item: NotificationItem; mark: ServerAction<unknown> }) {
  const verb = item.isRead ? "Mark unread" : "Mark read";
  return (
    <li className="relative flex gap-3 px-4 py-4 hover:bg-accent/40 sm:px-5">
      <KindIcon kind={item.kind} />
      <div className="min-w-0 flex-1">
        <p className="flex items-start gap-2">
          <Link
            href={item.href}
            className={cn(
              "wrap-anywhere rounded-sm text-sm leading-5 after:absolute after:inset-0 hover:underline",
              item.isRead ? "text-muted-foreground" : "font-medium",
            )}
          >
            <NotificationTitle title={item.title} occurrences={item.occurrences} />
          </Link>
          {item.isRead ? null : <UnreadDot />}
        </p>
        <p className="wrap-anywhere mt-0.5 line-clamp-3 whitespace-pre-line text-muted-foreground text-sm">
          {item.outcome ?? item.body.replaceAll(/\n{2,}/g, "\n")}
        </p>
        <p className="mt-1.5 flex flex-wrap items-center gap-x-3 text-xs">
          <RelativeTime value={item.createdAt} className="text-muted-foreground" />
        </p>
      </div>
      <MarkButton
        action={mark}
        input={{ notificationId: item.id, isRead: !item.isRead }}
        variant="ghost"
        size="sm"
        className="relative shrink-0 self-start text-muted-foreground"
        aria-label={`${verb}: ${item.title}`}
      >
        {verb}
      </MarkButton>
    </li>
  );
}
