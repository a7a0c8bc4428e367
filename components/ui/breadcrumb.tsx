import { ChevronRight } from "lucide-react";
import { Fragment } from "react";
import { Link } from "@/components/ui/link";
import { cn } from "@/lib/cn";

export type Crumb = { label: string; href?: string };

/** Where this page is. The last crumb is the page itself. */
export function Breadcrumb({ items, className }: { items: readonly Crumb[]; className?: string }) {
  return (
    <nav aria-label="Breadcrumb" className={cn("text-muted-foreground text-sm", className)}>
      <ol className="flex flex-wrap items-center gap-1.5">
        {items.map((item, index) => (
          <Fragment key={`${item.label}-${item.href ?? ""}`}>
            {index > 0 ? (
              <li aria-hidden="true">
                <ChevronRight className="size-3.5" />
              </li>
            ) : null}
            <li className="min-w-0 max-w-60 truncate">
              {item.href && index < items.length - 1 ? (
                <Link href={item.href} className="rounded-sm hover:text-foreground hover:underline">
                  {item.label}
                </Link>
              ) : (
                <span aria-current={index === items.length - 1 ? "page" : undefined}>{item.label}</span>
              )}
            </li>
          </Fragment>
        ))}
      </ol>
    </nav>
  );
}
