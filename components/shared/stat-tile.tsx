import type { ReactNode } from "react";
import { Link } from "@/components/ui/link";
import { cn } from "@/lib/cn";

/** One figure with its name, as large as it fits: `Money` says how long it is. `href` makes the whole tile a link to what it is made of. */
export function StatTile({
  label,
  value,
  note,
  href,
  className,
}: {
  label: string;
  value: ReactNode;
  note?: ReactNode;
  href?: string;
  className?: string;
}) {
  return (
    <div
      className={cn(
        "relative flex min-w-0 flex-col gap-1 rounded-xl border bg-card px-4 py-4 shadow-xs sm:px-5",
        href && "transition-colors hover:border-input/60 hover:bg-accent/35",
        className,
      )}
    >
      <div className="text-[0.8125rem] text-muted-foreground">
        {href ? (
          <Link href={href} className="rounded-sm after:absolute after:inset-0 after:rounded-xl">
            {label}
          </Link>
        ) : (
          label
        )}
      </div>
      <div className="tabular @container font-semibold text-2xl leading-8 tracking-tight *:text-[length:min(1.5rem,calc(160cqi/var(--chars,1)))]">
        {value}
      </div>
      {note ? <div className="text-[0.8125rem] text-muted-foreground leading-5">{note}</div> : null}
    </div>
  );
}

/** Tiles side by side, as many as fit. Of an odd number, the last has the whole width of a phone. */
export function StatGrid({ className, children }: { className?: string; children: ReactNode }) {
  return (
    <div
      className={cn(
        "grid grid-cols-[repeat(auto-fit,minmax(min(10rem,100%),1fr))] gap-3 max-[35rem]:[&>:last-child:nth-child(odd)]:col-span-full",
        className,
      )}
    >
      {children}
    </div>
  );
}
