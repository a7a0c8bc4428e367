import { Inbox } from "lucide-react";
import { DateTime } from "@/components/shared/date-time";
import { EmptyState } from "@/components/shared/empty-state";
import { JsonView } from "@/components/shared/json-view";
import { StatusBadge } from "@/components/shared/status-badge";
import { Link } from "@/components/ui/link";
import type { Delivery } from "@/lib/triggers/queries";

/** What came of each call, tick or sent form, with what it held and the run it started. */
export function DeliveryList({ deliveries }: { deliveries: readonly Delivery[] }) {
  if (deliveries.length === 0) {
    return (
      <EmptyState icon={Inbox} title="Nothing here yet" className="py-10">
        Each delivery appears here with what it held, what came of it, and its run.
      </EmptyState>
    );
  }
  return (
    <ul aria-label="Deliveries" className="divide-y rounded-xl border bg-card">
      {deliveries.map((delivery) => (
        <li key={delivery.id} className="grid gap-2 px-4 py-3 text-sm">
          <div className="flex flex-wrap items-center gap-x-4 gap-y-1.5">
            <StatusBadge status={delivery.status} />
            <DateTime value={delivery.createdAt} />
            {delivery.executionId ? (
              <span className="flex items-center gap-2">
                <Link href={`/app/runs/${delivery.executionId}`} className="link">
                  Open the run
                </Link>
                {delivery.runStatus ? <StatusBadge status={delivery.runStatus} /> : null}
              </span>
            ) : null}
          </div>
          {delivery.reason ? <p className="wrap-anywhere text-muted-foreground">{delivery.reason}</p> : null}
          {delivery.payload === null ? null : (
            <details>
              <summary className="w-fit rounded-sm text-muted-foreground hover:text-foreground">
                What was sent
              </summary>
              <div className="mt-2">
                <JsonView value={delivery.payload} title="What was sent" />
              </div>
            </details>
          )}
        </li>
      ))}
    </ul>
  );
}
