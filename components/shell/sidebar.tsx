"use client";

import { PanelLeftClose, PanelLeftOpen } from "lucide-react";
import { LogoMark } from "@/components/shared/logo";
import { CONSOLES } from "@/components/shell/navigation";
import { NavigationList } from "@/components/shell/navigation-list";
import type { ShellFrame } from "@/components/shell/shell-frame";
import { useShell } from "@/components/shell/shell-state";
import { Button } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import { cn } from "@/lib/cn";

/** The left edge of a console on wide screens. */
export function Sidebar({ frame }: { frame: ShellFrame }) {
  const { collapsed, toggleSidebar } = useShell();
  const Icon = collapsed ? PanelLeftOpen : PanelLeftClose;
  return (
    <aside
      className={cn(
        "hidden shrink-0 border-sidebar-border border-r bg-sidebar lg:block print:hidden",
        collapsed ? "w-15" : "w-58",
      )}
    >
      <div className="sticky top-0 flex h-dvh flex-col">
        <div className={cn("flex h-14 items-center px-4", collapsed && "justify-center px-0")}>
          <ConsoleLogo frame={frame} collapsed={collapsed} />
        </div>
        <NavigationList frame={frame} collapsed={collapsed} />
        <div className={cn("border-sidebar-border border-t p-2", collapsed && "flex justify-center")}>
          <Button
            variant="ghost"
            size={collapsed ? "icon-sm" : "sm"}
            onClick={toggleSidebar}
            aria-expanded={!collapsed}
            className="text-muted-foreground"
          >
            <Icon aria-hidden="true" />
            <span className={cn(collapsed && "sr-only")}>{collapsed ? "Widen menu" : "Narrow menu"}</span>
          </Button>
        </div>
      </div>
    </aside>
  );
}

/** The mark, leading home within the console. */
export function ConsoleLogo({ frame, collapsed = false }: { frame: ShellFrame; collapsed?: boolean }) {
  const { href, label } = CONSOLES[frame.kind];
  return (
    <Link href={href} className="flex items-center gap-2.5 rounded-md">
      <LogoMark />
      <span className={cn("leading-tight", collapsed && "sr-only")}>
        <span className="block font-semibold text-sm tracking-tight">HireBuddha</span>
        {frame.kind === "tenant" ? null : (
          <span className="block text-[0.6875rem] text-muted-foreground">{label}</span>
        )}
      </span>
    </Link>
  );
}
