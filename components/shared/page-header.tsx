import type { ReactNode } from "react";
import { Breadcrumb, type Crumb } from "@/components/ui/breadcrumb";

/** The head of a page: where it is, its one `h1`, a sentence about it, and what can be done here. */
export function PageHeader({
  title,
  description,
  actions,
  breadcrumb,
  badge,
}: {
  title: string;
  description?: ReactNode;
  actions?: ReactNode;
  breadcrumb?: readonly Crumb[];
  badge?: ReactNode;
}) {
  return (
    <header className="mb-6 flex flex-col gap-3">
      {breadcrumb ? <Breadcrumb items={breadcrumb} /> : null}
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0 flex-1 basis-64">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
            <h1 className="wrap-anywhere font-semibold text-[1.375rem] leading-8 tracking-tight">{title}</h1>
            {badge}
          </div>
          {description ? (
            <div className="mt-1 max-w-2xl text-muted-foreground text-sm leading-relaxed">{description}</div>
          ) : null}
        </div>
        {actions ? <div className="flex flex-wrap items-center gap-2">{actions}</div> : null}
      </div>
    </header>
  );
}

/** The head of a part of a page. */
export function SectionHeader({
  title,
  description,
  actions,
}: {
  title: string;
  description?: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <div className="mb-3 flex flex-wrap items-end justify-between gap-3">
      <div className="min-w-0">
        <h2 className="font-semibold text-base leading-6">{title}</h2>
        {description ? <p className="text-muted-foreground text-sm">{description}</p> : null}
      </div>
      {actions ? <div className="flex flex-wrap items-center gap-2">{actions}</div> : null}
    </div>
  );
}
