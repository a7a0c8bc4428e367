import type { ReactNode } from "react";
import { cn } from "@/lib/cn";

/** Facts about one thing. On narrow screens each name stands over its value. */
export function KeyValueList({
  items,
  className,
}: {
  items: readonly { label: string; value: ReactNode }[];
  className?: string;
}) {
  return (
    <dl className={cn("divide-y text-sm", className)}>
      {items.map(({ label, value }) => (
        <div key={label} className="grid gap-0.5 py-2.5 sm:grid-cols-[minmax(8rem,1fr)_2fr] sm:gap-4">
          <dt className="text-muted-foreground">{label}</dt>
          <dd className="wrap-anywhere min-w-0">
            {value ?? <span className="text-muted-foreground">none</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
