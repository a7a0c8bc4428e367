import { cn } from "@/lib/cn";
import type { Connection } from "./use-stream";

/** Whether the page moves with the run; nothing once the run is over. */
export function LiveMark({ connection }: { connection: Connection }) {
  const isLive = connection === "live";
  return (
    <span role="status" className="text-muted-foreground text-xs">
      {connection === "closed" ? null : (
        <span className="flex items-center gap-1.5">
          <span
            className={cn("size-2 rounded-full", isLive ? "bg-success" : "animate-pulse bg-warning")}
            aria-hidden="true"
          />
          {isLive ? "Live" : "Reconnecting…"}
        </span>
      )}
    </span>
  );
}
