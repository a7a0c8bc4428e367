import { ThemeToggle } from "@/app/(site)/_components/theme-toggle";
import { Logo } from "@/components/shared/logo";
import { Button } from "@/components/ui/button";
import { Link } from "@/components/ui/link";

/** The top of the public pages. Somebody who is signed in is led to their console. */
export function SiteHeader({ isSignedIn }: { isSignedIn: boolean }) {
  return (
    <header className="mx-auto flex h-16 w-full max-w-6xl items-center gap-2 px-4 sm:px-6">
      <Link href="/" className="flex rounded-md">
        <Logo />
      </Link>
      <nav aria-label="Main" className="ml-auto flex items-center gap-1 sm:gap-2">
        <ThemeToggle />
        {isSignedIn ? (
          <Button asChild>
            <Link href="/start">Open console</Link>
          </Button>
        ) : (
          <>
            <Button asChild variant="ghost">
              <Link href="/sign-in">Sign in</Link>
            </Button>
            <Button asChild className="hidden sm:inline-flex">
              <Link href="/sign-up">Create a workspace</Link>
            </Button>
          </>
        )}
      </nav>
    </header>
  );
}
