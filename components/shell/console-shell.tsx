import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { PagePerson } from "@/components/shared/page-person";
import { EarlyKeys } from "@/components/shell/early-keys";
import type { ShellFrame, SignOut } from "@/components/shell/shell-frame";
import { ShellStateProvider } from "@/components/shell/shell-state";
import { Sidebar } from "@/components/shell/sidebar";
import { SIDEBAR_COOKIE, sidebarWidth } from "@/components/shell/sidebar-cookie";
import { SkipLink } from "@/components/shell/skip-link";
import { TopBar } from "@/components/shell/top-bar";

/**
 * The frame of a console: sections on the left, a bar on top, banners, and the page. A page that marks its root
 * `data-full-bleed` (an editor, say) gets the whole space without margins.
 */
export async function ConsoleShell({
  frame,
  signOut,
  banners,
  bell,
  children,
}: {
  frame: ShellFrame;
  signOut: SignOut;
  banners?: ReactNode;
  /** What waits for the person, at the end of the bar. */
  bell?: ReactNode;
  children: ReactNode;
}) {
  const width = sidebarWidth((await cookies()).get(SIDEBAR_COOKIE)?.value);
  return (
    <ShellStateProvider chosenWidth={width}>
      <EarlyKeys />
      <PagePerson userId={frame.user.id} />
      <SkipLink />
      <div className="flex min-h-dvh">
        <Sidebar frame={frame} />
        <div className="flex min-w-0 flex-1 flex-col">
          {banners}
          <TopBar frame={frame} signOut={signOut} bell={bell} />
          <main
            id="content"
            tabIndex={-1}
            className="flex-1 px-4 py-6 outline-none has-[[data-full-bleed]]:p-0! sm:px-6 sm:py-8"
          >
            <div className="mx-auto w-full max-w-6xl has-[[data-full-bleed]]:max-w-none">{children}</div>
          </main>
        </div>
      </div>
    </ShellStateProvider>
  );
}
