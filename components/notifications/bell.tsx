"use client";

import { Bell } from "lucide-react";
import { useState } from "react";
import { KindIcon } from "@/components/notifications/kind-icon";
import { readInboxNow, showAsRead, useInbox, useLiveInbox } from "@/components/notifications/live-inbox";
import { NotificationTitle } from "@/components/notifications/title";
import { isNavigation } from "@/components/shared/action-form";
import { pagePerson } from "@/components/shared/page-person";
import { RelativeTime } from "@/components/shared/relative-time";
import { sayRefusal } from "@/components/shared/say-refusal";
import { UNREACHABLE } from "@/components/shared/unreachable";
import { Link } from "@/components/ui/link";
import { Popover, PopoverContent, PopoverTrigger } from "@/components/ui/popover";
import { cn } from "@/lib/cn";
import type { InboxItem } from "@/lib/notifications/inbox";
import type { ServerAction } from "@/lib/result";

const MAX_SHOWN = 99;

type BellActions = { markRead: ServerAction<unknown>; markAllRead: ServerAction<unknown> };

/** The bell in the bar of a console: how many notifications are unread, and the latest of them. */
export function NotificationBell({
  markRead,
  markAllRead,
  told,
}: BellActions & {
  /** What is told here, while there is nothing yet. */
  told: string;
}) {
  useLiveInbox();
  const { unread, latest } = useInbox();
  const [open, setOpen] = useState(false);

  function toggle(next: boolean) {
    setOpen(next);
    if (next) void readInboxNow();
  }

  function follow(item: InboxItem) {
    setOpen(false);
    if (item.isRead) return;
    const takeBack = showAsRead(item.id);
    // What could not be marked is unread still; that is all there is to say of it.
    markRead(pagePerson(), { notificationId: item.id }).catch(takeBack);
  }

  async function markAll() {
    const takeBack = showAsRead("all");
    try {
      const result = await markAllRead(pagePerson(), {});
      if (result && !result.ok) sayRefusal(result.error);
    } catch (error) {
      takeBack();
      if (!isNavigation(error)) sayRefusal(UNREACHABLE);
    }
    await readInboxNow();
  }

  return (
    <Popover open={open} onOpenChange={toggle}>
      <PopoverTrigger className="relative flex size-9 items-center justify-center rounded-md text-muted-foreground transition-colors hover:bg-accent hover:text-foreground data-[state=open]:bg-accent data-[state=open]:text-foreground">
        <Bell className="size-4.5" aria-hidden="true" />
        <span className="sr-only">
          {unread === 0 ? "Notifications" : `Notifications, ${countOf(unread)} unread`}
        </span>
        {unread > 0 ? (
          <span
            aria-hidden="true"
            className="absolute top-0 right-0 flex h-4.5 min-w-4.5 items-center justify-center rounded-full bg-brand px-1 font-semibold text-[0.6875rem] text-brand-foreground tabular-nums leading-none ring-2 ring-background"
          >
            {countOf(unread)}
          </span>
        ) : null}
      </PopoverTrigger>
      <PopoverContent align="end" className="w-96 p-0" aria-label="Notifications">
        <div className="flex items-center justify-between gap-4 border-b px-4 py-3">
          <p className="font-semibold text-sm">Notifications</p>
          {unread > 0 ? (
            <button
              type="button"
              onClick={(event) => {
                // The button goes at once.
                event.currentTarget.closest<HTMLElement>("[role='dialog']")?.focus();
                void markAll();
              }}
              className="rounded-sm text-brand text-xs hover:underline"
            >
              Mark all as read
            </button>
          ) : null}
        </div>
        {latest.length === 0 ? (
          <p className="px-6 py-10 text-center text-muted-foreground text-sm">Nothing yet. {told}</p>
        ) : (
          <ul className="scrollbar-thin max-h-[min(26rem,60dvh)] divide-y overflow-y-auto">
            {latest.map((item) => (
              <li key={item.id}>
                <BellItem item={item} onFollow={() => follow(item)} />
              </li>
            ))}
          </ul>
        )}
        <div className="flex justify-between gap-4 border-t px-4 py-2.5 text-xs">
          <Link href="/app/notifications" onClick={() => setOpen(false)} className="link">
            See all
          </Link>
          <Link
            href="/app/notifications/preferences"
            onClick={() => setOpen(false)}
            className="rounded-sm text-muted-foreground hover:text-foreground hover:underline"
          >
            What you are told
          </Link>
        </div>
      </PopoverContent>
    </Popover>
  );
}

function countOf(unread: number): string {
  return unread > MAX_SHOWN ? `${MAX_SHOWN}+` : String(unread);
}

function BellItem({ item, onFollow }: { item: InboxItem; onFollow: () => void }) {
  return (
    <Link
      href={item.href}
      onClick={onFollow}
      className="flex gap-3 px-4 py-3 transition-colors hover:bg-accent focus-visible:outline-offset-[-2px]"
    >
      <KindIcon kind={item.kind} />
      <span className="min-w-0 flex-1">
        <span
          className={cn(
            "wrap-anywhere line-clamp-2 leading-5",
            item.isRead ? "text-muted-foreground" : "font-medium",
          )}
        >
          <NotificationTitle title={item.title} occurrences={item.occurrences} />
        </span>
        {item.outcome ? <span className="block text-muted-foreground text-xs">{item.outcome}</span> : null}
        <RelativeTime value={item.createdAt} className="text-muted-foreground text-xs" />
      </span>
      {item.isRead ? null : <UnreadDot />}
    </Link>
  );
}

/** Says that something is unread, to the eye and in words. */
export function UnreadDot() {
  return (
    <span className="mt-2 size-2 shrink-0 rounded-full bg-brand">
      <span className="sr-only">Unread</span>
    </span>
  );
}
