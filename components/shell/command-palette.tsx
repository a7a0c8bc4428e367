"use client";

import { Inbox, LogOut, type LucideIcon, Monitor, Moon, Sun, UserRound } from "lucide-react";
import { useRouter } from "next/navigation";
import { useTheme } from "next-themes";
import { type KeyboardEvent, useState } from "react";
import { COMMANDS } from "@/components/shell/commands";
import { fitting } from "@/components/shell/fitting";
import { CONSOLES, navigationOf } from "@/components/shell/navigation";
import type { ShellFrame, SignOut } from "@/components/shell/shell-frame";
import { isShortcut, useShell } from "@/components/shell/shell-state";
import { useSignOut } from "@/components/shell/use-sign-out";
import {
  CommandDialog,
  CommandEmpty,
  CommandGroup,
  CommandInput,
  CommandItem,
  CommandList,
} from "@/components/ui/command";
import { leaveFor } from "@/components/ui/unsaved-store";

type Entry = { label: string; icon?: LucideIcon; keywords?: readonly string[]; act: () => void };

/** Everywhere one can go and a few things one can do, by typing. */
export default function CommandPalette({ frame, signOut }: { frame: ShellFrame; signOut: SignOut }) {
  const { paletteOpen, setPaletteOpen } = useShell();

  /** The key that opens it closes it too. */
  function toggle(event: KeyboardEvent) {
    if (!isShortcut(event, "k")) return;
    event.preventDefault();
    event.stopPropagation();
    setPaletteOpen(false);
  }

  function choose(entry: Entry) {
    setPaletteOpen(false);
    entry.act();
  }

  return (
    <CommandDialog open={paletteOpen} onOpenChange={setPaletteOpen} onKeyDown={toggle} title="Commands">
      <Entries frame={frame} signOut={signOut} onChoose={choose} />
    </CommandDialog>
  );
}

/** Pages and deeds apart, and together while one searches, what fits best first. */
function Entries({
  frame,
  signOut,
  onChoose,
}: {
  frame: ShellFrame;
  signOut: SignOut;
  onChoose: (entry: Entry) => void;
}) {
  const [search, setSearch] = useState("");
  const places = usePlaces(frame);
  const deeds = useDeeds(frame, signOut);
  const isSearching = search.trim() !== "";
  const found = isSearching ? fitting([...places, ...deeds], search.trim()) : [];
  return (
    <>
      <CommandInput placeholder="Go to a page or do something…" value={search} onValueChange={setSearch} />
      <CommandList>
        <CommandEmpty>Nothing here goes by that name.</CommandEmpty>
        {isSearching ? null : (
          <>
            <EntryGroup heading="Go to" entries={places} onChoose={onChoose} />
            <EntryGroup heading="Do" entries={deeds} onChoose={onChoose} />
          </>
        )}
        {found.length > 0 ? <EntryGroup heading="Found" entries={found} onChoose={onChoose} /> : null}
      </CommandList>
    </>
  );
}

function EntryGroup({
  heading,
  entries,
  onChoose,
}: {
  heading: string;
  entries: readonly Entry[];
  onChoose: (entry: Entry) => void;
}) {
  return (
    <CommandGroup heading={heading}>
      {entries.map((entry) => (
        <CommandItem key={entry.label} value={entry.label} onSelect={() => onChoose(entry)}>
          {entry.icon ? <entry.icon aria-hidden="true" /> : null}
          {entry.label}
        </CommandItem>
      ))}
    </CommandGroup>
  );
}

function usePlaces(frame: ShellFrame): Entry[] {
  const router = useRouter();
  const sections = navigationOf(frame.kind, frame.isAdmin).flatMap((group) => group.items);
  const others = frame.consoles.filter((kind) => kind !== frame.kind).map((kind) => CONSOLES[kind]);
  const own = [
    { href: "/account", label: "Account", icon: UserRound, keywords: ["password", "sessions", "profile"] },
    ...(frame.hasOutbox ? [{ href: "/outbox", label: "Outbox", icon: Inbox, keywords: ["mail"] }] : []),
  ];
  return [...sections, ...others, ...own].map(({ href, ...entry }) => ({
    ...entry,
    act: () => leaveFor(href, router.push),
  }));
}

function useDeeds(frame: ShellFrame, signOut: SignOut): Entry[] {
  const router = useRouter();
  const { setTheme } = useTheme();
  const { leave } = useSignOut(signOut);
  return [
    ...COMMANDS[frame.kind]
      .filter(({ href }) => frame.commands.includes(href))
      .map(({ href, label, icon, keywords }) => ({
        label,
        icon,
        keywords: keywords ?? [],
        act: () => leaveFor(href, router.push),
      })),
    { label: "Light theme", icon: Sun, keywords: ["day"], act: () => setTheme("light") },
    { label: "Dark theme", icon: Moon, keywords: ["night"], act: () => setTheme("dark") },
    { label: "System theme", icon: Monitor, act: () => setTheme("system") },
    { label: "Sign out", icon: LogOut, keywords: ["log out", "leave"], act: leave },
  ];
}
