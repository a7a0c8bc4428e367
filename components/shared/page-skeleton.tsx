import { Skeleton } from "@/components/ui/skeleton";

const ROWS = ["a", "b", "c", "d", "e", "f"] as const;

/** The shape of a page while it is read: a heading, tiles if asked for, and rows. */
export function PageSkeleton({ tiles = false }: { tiles?: boolean }) {
  return (
    <div role="status">
      <span className="sr-only">Loading</span>
      <Skeleton className="mb-2 h-7 w-44" />
      <Skeleton className="mb-7 h-4 w-72 max-w-full" />
      {tiles ? (
        <div className="mb-6 grid grid-cols-2 gap-3 lg:grid-cols-4">
          {ROWS.slice(0, 4).map((row) => (
            <Skeleton key={row} className="h-24 rounded-xl" />
          ))}
        </div>
      ) : null}
      <div className="grid gap-px overflow-hidden rounded-lg border">
        {ROWS.map((row) => (
          <div key={row} className="flex items-center gap-4 bg-card px-4 py-3.5">
            <Skeleton className="h-4 w-1/3" />
            <Skeleton className="h-4 w-1/5" />
            <Skeleton className="ml-auto h-4 w-16" />
          </div>
        ))}
      </div>
    </div>
  );
}
