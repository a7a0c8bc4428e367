import { ActionButton } from "@/components/shared/action-button";
import { DateTime } from "@/components/shared/date-time";
import { StatusBadge } from "@/components/shared/status-badge";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { OpenEvent } from "@/lib/payments/admin-queries";
import type { ServerAction } from "@/lib/result";

/** Events of Stripe that were not applied, each with a way to try again. */
export function StripeEventTable({
  events,
  retry,
}: {
  events: readonly OpenEvent[];
  retry: ServerAction<unknown>;
}) {
  return (
    <Table>
      <TableHeader>
        <TableRow>
          <TableHead>Event</TableHead>
          <TableHead>Status</TableHead>
          <TableHead>Why</TableHead>
          <TableHead>Received</TableHead>
          <TableHead>
            <span className="sr-only">Actions</span>
          </TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {events.map((event) => (
          <TableRow key={event.id}>
            <TableCell className="min-w-44">
              <span className="font-medium">{event.type}</span>
              <p className="wrap-anywhere font-mono text-muted-foreground text-xs">{event.id}</p>
            </TableCell>
            <TableCell>
              <StatusBadge status={event.status === "failed" ? "failed" : "waiting"} />
            </TableCell>
            <TableCell className="wrap-anywhere min-w-56 max-w-md text-muted-foreground text-xs">
              {event.error ?? "It has not been applied yet."}
              {event.attempts > 0 ? ` (${event.attempts} ${event.attempts === 1 ? "try" : "tries"})` : ""}
            </TableCell>
            <TableCell>
              <DateTime value={event.receivedAt} />
            </TableCell>
            <TableCell className="text-right">
              <ActionButton
                action={retry}
                input={{ eventId: event.id }}
                variant="outline"
                size="sm"
                aria-label={`Process again: ${event.id}`}
                successMessage="The event is applied."
              >
                Process again
              </ActionButton>
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
