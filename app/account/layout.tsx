import { ArrowLeft } from "lucide-react";
import type { ReactNode } from "react";
import { leaveViewAsAction } from "@/app/app/actions";
import { Logo } from "@/components/shared/logo";
import { PagePerson } from "@/components/shared/page-person";
import { ViewAsBanner } from "@/components/shell/banners";
import { Button } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import { requireSession } from "@/lib/auth/scope";

/** An account belongs to a person, not to a console, so it stands outside all of them. */
export default async function AccountLayout({ children }: { children: ReactNode }) {
  const { viewAs, userId } = await requireSession();
  return (
    <div className="min-h-dvh">
      <PagePerson userId={userId} />
      {viewAs ? <ViewAsBanner viewAs={viewAs} leave={leaveViewAsAction} /> : null}
      <header className="border-b bg-card/60">
        <div className="mx-auto flex h-14 max-w-3xl items-center justify-between gap-4 px-4">
          <Link href="/" className="rounded-md" aria-label="HireBuddha, home">
            <Logo />
          </Link>
          <Button asChild variant="ghost" size="sm">
            <Link href="/start">
              <ArrowLeft aria-hidden="true" />
              Back to the console
            </Link>
          </Button>
        </div>
      </header>
      <main className="mx-auto w-full max-w-3xl px-4 py-8">{children}</main>
    </div>
  );
}
