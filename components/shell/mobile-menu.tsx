"use client";

import { Menu } from "lucide-react";
import { useState } from "react";
import { NavigationList } from "@/components/shell/navigation-list";
import type { ShellFrame } from "@/components/shell/shell-frame";
import { ConsoleLogo } from "@/components/shell/sidebar";
import { Button } from "@/components/ui/button";
import { Sheet, SheetContent, SheetTitle, SheetTrigger } from "@/components/ui/sheet";

/** The sections of a console on narrow screens. */
export function MobileMenu({ frame }: { frame: ShellFrame }) {
  const [open, setOpen] = useState(false);
  return (
    <Sheet open={open} onOpenChange={setOpen}>
      <SheetTrigger asChild>
        <Button variant="ghost" size="icon" className="-ml-2 lg:hidden" aria-label="Open menu">
          <Menu className="size-5" aria-hidden="true" />
        </Button>
      </SheetTrigger>
      <SheetContent aria-describedby={undefined} className="gap-0 bg-sidebar">
        <SheetTitle className="sr-only">Menu</SheetTitle>
        <div className="flex h-14 items-center px-4">
          <ConsoleLogo frame={frame} />
        </div>
        <NavigationList frame={frame} onNavigate={() => setOpen(false)} />
      </SheetContent>
    </Sheet>
  );
}
