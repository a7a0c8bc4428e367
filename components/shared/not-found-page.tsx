import { Button } from "@/components/ui/button";
import { Link } from "@/components/ui/link";

/** What stands where nothing is. The same for what never was, what is gone, and what is somebody else's. */
export function NotFoundPage({ href, label }: { href: string; label: string }) {
  return (
    <div className="mx-auto flex max-w-md flex-col items-center px-4 py-20 text-center">
      <p className="font-medium text-brand text-sm">404</p>
      <h1 className="mt-2 font-semibold text-2xl tracking-tight">There is nothing here</h1>
      <p className="mt-2 text-muted-foreground text-sm leading-relaxed">
        The address may be mistyped, or what was here has been deleted, or it is not yours to see.
      </p>
      <Button asChild variant="outline" className="mt-6">
        <Link href={href}>{label}</Link>
      </Button>
    </div>
  );
}
