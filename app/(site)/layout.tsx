import type { ReactNode } from "react";
import { SiteHeader } from "@/app/(site)/_components/site-header";
import { LogoMark } from "@/components/shared/logo";
import { SkipLink } from "@/components/shell/skip-link";
import { Link } from "@/components/ui/link";
import { currentSession } from "@/lib/auth/scope";

export default async function SiteLayout({ children }: { children: ReactNode }) {
  const session = await currentSession();
  return (
    <div className="flex min-h-dvh flex-col">
      <SkipLink />
      <SiteHeader isSignedIn={session !== null} />
      <main id="content" tabIndex={-1} className="flex-1 outline-none">
        {children}
      </main>
      <footer className="border-t">
        <div className="mx-auto flex max-w-6xl flex-wrap items-center gap-x-6 gap-y-3 px-4 py-8 text-muted-foreground text-sm sm:px-6">
          <span className="flex items-center gap-2">
            <LogoMark className="size-5" />
            HireBuddha
          </span>
          <nav aria-label="Footer" className="ml-auto flex flex-wrap gap-x-5 gap-y-2">
            <Link href="/docs/api" className="rounded-sm hover:text-foreground">
              API reference
            </Link>
            <Link href="/docs/expressions" className="rounded-sm hover:text-foreground">
              Expressions
            </Link>
            <Link href="/sign-in" className="rounded-sm hover:text-foreground">
              Sign in
            </Link>
            <Link href="/sign-up" className="rounded-sm hover:text-foreground">
              Create a workspace
            </Link>
          </nav>
        </div>
      </footer>
    </div>
  );
}
