"use client";

import { usePathname } from "next/navigation";
import { WaitingCount } from "@/components/notifications/waiting-count";
import { LinkPending } from "@/components/shared/link-pending";
import { activeHref, type NavigationItem, navigationOf } from "@/components/shell/navigation";
import type { ShellFrame } from "@/components/shell/shell-frame";
import { Link } from "@/components/ui/link";
import { Tooltip, TooltipContent, TooltipTrigger } from "@/components/ui/tooltip";
import { cn } from "@/lib/cn";

/** The sections of a console. Collapsed, only icons are seen and each says its name on hover and focus. */
export function NavigationList({
  frame,
  collapsed = false,
  onNavigate,
}: {
  frame: ShellFrame;
  collapsed?: boolean;
  onNavigate?: () => void;
}) {
  const groups = navigationOf(frame.kind, frame.isAdmin);
  const active = activeHref(groups, usePathname());
  return (
    <nav aria-label="Sections" className="scrollbar-thin flex-1 overflow-y-auto px-3 pb-4">
      {groups.map((group) => (
        <div key={group.items[0]?.href} className={cn(group.label && "mt-5")}>
          {group.label ? <GroupLabel label={group.label} collapsed={collapsed} /> : null}
          <ul className="grid gap-0.5">
            {group.items.map((item) => (
              <li key={item.href}>
                <NavigationLink
                  item={item}
                  isActive={item.href === active}
                  collapsed={collapsed}
                  onNavigate={onNavigate}
                />
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}

function GroupLabel({ label, collapsed }: { label: string; collapsed: boolean }) {
  if (collapsed) return <div className="mx-2 mb-2 border-t" aria-hidden="true" />;
  return <p className="mb-1 px-2.5 font-medium text-muted-foreground text-xs">{label}</p>;
}

function NavigationLink({
  item,
  isActive,
  collapsed,
  onNavigate,
}: {
  item: NavigationItem;
  isActive: boolean;
  collapsed: boolean;
  onNavigate: (() => void) | undefined;
}) {
  const Icon = item.icon;
  const link = (
    <Link
      href={item.href}
      onClick={onNavigate}
      aria-current={isActive ? "page" : undefined}
      className={cn(
        "group relative flex h-8.5 items-center gap-2.5 rounded-md px-2.5 text-sidebar-foreground text-sm transition-colors hover:bg-sidebar-accent hover:text-sidebar-accent-foreground",
        isActive && "bg-sidebar-accent font-medium text-sidebar-accent-foreground",
        collapsed && "justify-center px-0",
      )}
    >
      {isActive ? (
        <span className="absolute inset-y-2 -left-3 w-0.75 rounded-r-full bg-brand" aria-hidden="true" />
      ) : null}
      <Icon className={cn("size-4.5 shrink-0", isActive ? "text-brand" : "opacity-75")} aria-hidden="true" />
      <span className={cn("truncate", collapsed && "sr-only")}>{item.label}</span>
      <WaitingCount href={item.href} collapsed={collapsed} />
      <LinkPending className={cn("ml-auto", collapsed && "absolute right-0.5 bottom-0.5 size-3")} />
    </Link>
  );
  if (!collapsed) return link;
  return (
    <Tooltip>
      <TooltipTrigger asChild>{link}</TooltipTrigger>
      <TooltipContent side="right">{item.label}</TooltipContent>
    </Tooltip>
  );
}
