import { ChevronDown } from "lucide-react";
import { MethodBadge } from "@/components/docs/method-badge";
import type { Operation } from "@/lib/api/operation";

export type NavGroup = { title: string; href: string; operations: readonly Operation[] };

const LINK = "block rounded-sm py-1 text-muted-foreground text-sm hover:text-foreground";

function Entries({ groups }: { groups: readonly NavGroup[] }) {
  return (
    <ul className="flex flex-col gap-4">
      {groups.map(({ title, href, operations }) => (
        <li key={href}>
          <a href={href} className="rounded-sm font-medium text-sm hover:underline">
            {title}
          </a>
          {operations.length > 0 ? (
            <ul className="mt-1">
              {operations.map((operation) => (
                <li key={operation.id}>
                  <a href={`#${operation.id}`} className={`${LINK} flex items-center gap-2`}>
                    <MethodBadge
                      method={operation.method}
                      className="w-11 justify-center px-0 text-[0.625rem] leading-3"
                    />
                    {operation.summary}
                  </a>
                </li>
              ))}
            </ul>
          ) : null}
        </li>
      ))}
    </ul>
  );
}

/** The contents of the reference: beside it where there is room, folded above it where there is not. */
export function ReferenceNav({ groups }: { groups: readonly NavGroup[] }) {
  return (
    <>
      <nav
        aria-label="Contents"
        className="scrollbar-thin sticky top-0 hidden max-h-dvh self-start overflow-y-auto py-8 pr-2 lg:block"
      >
        <Entries groups={groups} />
      </nav>
      <details className="group rounded-lg border bg-card lg:hidden">
        <summary className="flex list-none items-center justify-between rounded-lg px-4 py-3 font-medium text-sm [&::-webkit-details-marker]:hidden">
          Contents
          <ChevronDown className="size-4 transition-transform group-open:rotate-180" aria-hidden="true" />
        </summary>
        <nav aria-label="Contents" className="border-t p-4">
          <Entries groups={groups} />
        </nav>
      </details>
    </>
  );
}
