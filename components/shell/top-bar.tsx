"use client";

import { Search } from "lucide-react";
import type { ReactNode } from "react";
import { useLate } from "@/components/shared/use-late";
import { MobileMenu } from "@/components/shell/mobile-menu";
import type { ShellFrame, SignOut } from "@/components/shell/shell-frame";
import { useShell } from "@/components/shell/shell-state";
import { UserMenu } from "@/components/shell/user-menu";
import { Kbd } from "@/components/ui/kbd";
import { toast } from "@/components/ui/toast";

const loadPalette = () => import("@/components/shell/command-palette");

/** Whose console this is, the way to everything else, and who is signed in. */
export function TopBar({ frame, signOut, bell }: { frame: ShellFrame; signOut: SignOut; bell?: ReactNode }) {
  const { paletteOpen, setPaletteOpen } = useShell();
  const palette = useLate(loadPalette, paletteOpen, () => {
    setPaletteOpen(false);
    toast.error("The commands could not be loaded. Try again.");
  });
  return (
    <header className="sticky top-0 z-30 flex h-14 items-center gap-3 border-b bg-background/92 px-4 backdrop-blur-sm sm:px-6 print:hidden">
      <MobileMenu frame={frame} />
      <p className="min-w-0 truncate font-medium text-sm">{frame.ownerName}</p>
      <div className="ml-auto flex items-center gap-3">
        <button
          type="button"
          onClick={() => setPaletteOpen(true)}
          aria-haspopup="dialog"
          className="flex h-9 items-center gap-2 rounded-md text-muted-foreground text-sm transition-colors hover:text-foreground sm:w-56 sm:border sm:bg-card sm:px-3"
        >
          <Search className="size-4.5 sm:size-4" aria-hidden="true" />
          <span className="sr-only sm:not-sr-only">Go to…</span>
          <Kbd className="ml-auto hidden sm:inline-flex">Ctrl K</Kbd>
        </button>
        {bell}
        <UserMenu frame={frame} signOut={signOut} />
      </div>
      {palette && paletteOpen ? <palette.default frame={frame} signOut={signOut} /> : null}
    </header>
  );
}
