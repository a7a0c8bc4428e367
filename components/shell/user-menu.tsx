"use client";

import { Inbox, LogOut, Monitor, Moon, Sun, UserRound } from "lucide-react";
import { useTheme } from "next-themes";
import { CONSOLES } from "@/components/shell/navigation";
import type { ShellFrame, SignOut } from "@/components/shell/shell-frame";
import { useSignOut } from "@/components/shell/use-sign-out";
import { Avatar } from "@/components/ui/avatar";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuGroup,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuRadioGroup,
  DropdownMenuRadioItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import { Link } from "@/components/ui/link";

/** Who is signed in, their consoles, the theme, their account, and the way out. */
export function UserMenu({ frame, signOut }: { frame: ShellFrame; signOut: SignOut }) {
  const { leave, leaving } = useSignOut(signOut);
  const others = frame.consoles.filter((kind) => kind !== frame.kind);
  return (
    <DropdownMenu>
      <DropdownMenuTrigger className="rounded-full transition-opacity hover:opacity-85">
        <Avatar name={frame.user.name} />
        <span className="sr-only">Menu of {frame.user.name}</span>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end" className="w-60">
        <div className="px-2 py-2">
          <p className="truncate font-medium text-sm">{frame.user.name}</p>
          <p className="truncate text-muted-foreground text-xs">{frame.user.email}</p>
        </div>
        <DropdownMenuSeparator />
        {others.length > 0 ? (
          <DropdownMenuGroup>
            {others.map((kind) => (
              <DropdownMenuItem key={kind} asChild>
                <Link href={CONSOLES[kind].href}>Go to {CONSOLES[kind].label.toLowerCase()}</Link>
              </DropdownMenuItem>
            ))}
            <DropdownMenuSeparator />
          </DropdownMenuGroup>
        ) : null}
        <ThemeChoice />
        <DropdownMenuSeparator />
        <DropdownMenuItem asChild>
          <Link href="/account">
            <UserRound aria-hidden="true" />
            Account
          </Link>
        </DropdownMenuItem>
        {frame.hasOutbox ? (
          <DropdownMenuItem asChild>
            <Link href="/outbox">
              <Inbox aria-hidden="true" />
              Outbox
            </Link>
          </DropdownMenuItem>
        ) : null}
        <DropdownMenuItem disabled={leaving} onSelect={leave}>
          <LogOut aria-hidden="true" />
          Sign out
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}

const THEMES = [
  { value: "light", label: "Light", icon: Sun },
  { value: "dark", label: "Dark", icon: Moon },
  { value: "system", label: "As the system", icon: Monitor },
] as const;

function ThemeChoice() {
  const { theme, setTheme } = useTheme();
  return (
    <>
      <DropdownMenuLabel>Theme</DropdownMenuLabel>
      <DropdownMenuRadioGroup value={theme ?? "system"} onValueChange={setTheme}>
        {THEMES.map(({ value, label, icon: Icon }) => (
          <DropdownMenuRadioItem key={value} value={value} onSelect={(event) => event.preventDefault()}>
            <Icon aria-hidden="true" />
            {label}
          </DropdownMenuRadioItem>
        ))}
      </DropdownMenuRadioGroup>
    </>
  );
}
