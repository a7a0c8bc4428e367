import { Link } from "@/components/ui/link";
import { cn } from "@/lib/cn";

const WAYS = {
  credit: { href: "/app/billing", label: "Open billing" },
  cap: { href: "/app/billing/caps", label: "Open the caps" },
  ask: { href: "/app/approvals", label: "Open approvals" },
} as const;

/** The way to where what waits for money gets it. Who may not go it is told who may. */
export function MoneyRemedy({
  reason,
  maySpend,
  className,
}: {
  reason: keyof typeof WAYS;
  /** Whether credit and caps are the reader's to change. */
  maySpend: boolean;
  className?: string;
}) {
  // That the admins are asked is said already.
  if (!maySpend) return reason === "ask" ? null : "An admin of this workspace can change that.";
  const { href, label } = WAYS[reason];
  return (
    <Link href={href} className={cn("rounded-sm", className)}>
      {label}
    </Link>
  );
}
