"use client";

import { useInbox } from "@/components/notifications/live-inbox";
import { cn } from "@/lib/cn";

const MAX_SHOWN = 99;

/** How much waits for the person behind a section of the navigation; nothing when that is nothing. */
export function WaitingCount({ href, collapsed }: { href: string; collapsed: boolean }) {
  const { approvals } = useInbox();
  if (href !== "/app/approvals" || approvals === 0) return null;
  return (
    <span
      className={cn(
        "tabular ml-auto flex h-5 min-w-5 items-center justify-center rounded-full bg-brand px-1.5 font-semibold text-[0.6875rem] text-brand-foreground",
        collapsed && "absolute top-0 right-0 h-4 min-w-4 px-1",
      )}
    >
      {approvals > MAX_SHOWN ? `${MAX_SHOWN}+` : approvals}
      <span className="sr-only"> waiting for you</span>
    </span>
  );
}
