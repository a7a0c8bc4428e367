import type { ReactNode } from "react";

/** A titled part of a step's details. */
export function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="grid grid-cols-[minmax(0,1fr)] gap-2">
      <h3 className="font-medium text-sm">{title}</h3>
      {children}
    </section>
  );
}

/** What most people do not need at once. */
export function Fold({ title, children }: { title: string; children: ReactNode }) {
  return (
    <details>
      <summary className="w-fit cursor-pointer rounded-sm text-muted-foreground text-sm hover:text-foreground">
        {title}
      </summary>
      <div className="mt-2 grid grid-cols-[minmax(0,1fr)] gap-2">{children}</div>
    </details>
  );
}
