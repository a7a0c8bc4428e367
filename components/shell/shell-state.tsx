"use client";

import { usePathname } from "next/navigation";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { takeEarlyPalette } from "@/components/shell/early-palette";
import { isWorkbench } from "@/components/shell/navigation";
import { SIDEBAR_COOKIE, type SidebarWidth } from "@/components/shell/sidebar-cookie";

const YEAR_SECONDS = 31_536_000;

type ShellState = {
  collapsed: boolean;
  toggleSidebar: () => void;
  paletteOpen: boolean;
  setPaletteOpen: (open: boolean) => void;
};

const ShellContext = createContext<ShellState | null>(null);

/** Holds what the parts of the shell share, and listens for its two shortcuts: Ctrl/⌘K and Ctrl/⌘B. */
export function ShellStateProvider({
  chosenWidth,
  children,
}: {
  /** How wide this person left the menu. Until they do, it is narrow beside a workbench alone. */
  chosenWidth: SidebarWidth | null;
  children: ReactNode;
}) {
  const pathname = usePathname();
  const [width, setWidth] = useState(chosenWidth);
  const collapsed = width ? width === "collapsed" : isWorkbench(pathname);
  const [paletteOpen, setPaletteOpen] = useState(false);

  const state = useMemo<ShellState>(
    () => ({
      collapsed,
      // The server draws the next page already collapsed, so nothing jumps.
      toggleSidebar: () => {
        const other = collapsed ? "open" : "collapsed";
        setWidth(other);
        // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in current Firefox and Safari
        document.cookie = `${SIDEBAR_COOKIE}=${other}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`;
      },
      paletteOpen,
      setPaletteOpen,
    }),
    [collapsed, paletteOpen],
  );

  useEffect(() => {
    if (takeEarlyPalette()) setPaletteOpen(true);
  }, []);

  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      const isPalette = isShortcut(event, "k");
      if (!isPalette && (!isShortcut(event, "b") || isTyping(event.target))) return;
      event.preventDefault();
      // While the palette is still on its way a second press does not take it back.
      if (isPalette) setPaletteOpen(true);
      else state.toggleSidebar();
    }
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [state]);

  return <ShellContext value={state}>{children}</ShellContext>;
}

type Pressed = Pick<KeyboardEvent, "metaKey" | "ctrlKey" | "shiftKey" | "altKey" | "key">;

/** Whether a key was pressed with Ctrl/⌘ alone. */
export function isShortcut(event: Pressed, key: string): boolean {
  const isCommand = (event.metaKey || event.ctrlKey) && !event.shiftKey && !event.altKey;
  return isCommand && event.key.toLowerCase() === key;
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"))
  );
}

/** The state of the shell around the page. Throws outside one: that is a defect. */
export function useShell(): ShellState {
  const state = useContext(ShellContext);
  if (!state) throw new Error("useShell needs a ConsoleShell around it");
  return state;
}
