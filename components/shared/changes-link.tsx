import { Button } from "@/components/ui/button";
import { Link } from "@/components/ui/link";

/** To what a version changed against the one before; nothing for the first. @param href the page that compares versions */
export function ChangesLink({
  href,
  version,
  before,
}: {
  href: string;
  version: { readonly id: string; readonly version: number };
  before: { readonly id: string } | undefined;
}) {
  if (!before) return null;
  return (
    <Button asChild variant="ghost" size="sm" className="mr-2">
      <Link
        href={`${href}?from=${before.id}&to=${version.id}`}
        aria-label={`Changes in version ${version.version}`}
      >
        Changes
      </Link>
    </Button>
  );
}
