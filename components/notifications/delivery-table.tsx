import { ActionButton } from "@/components/shared/action-button";
import { formatDuration } from "@/components/shared/format";
import { JsonView } from "@/components/shared/json-view";
import { RelativeTime } from "@/components/shared/relative-time";
import { StatusBadge } from "@/components/shared/status-badge";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { DeliveryItem } from "@/lib/notifications/queries/endpoints";
import { MAX_TRIES } from "@/lib/notifications/retries";
import type { ServerAction } from "@/lib/result";

/** The messages of an endpoint: what was sent, how often, and what it answered. */
export function DeliveryTable({
  deliveries,
  resend,
}: {
  deliveries: readonly DeliveryItem[];
  /** Missing where nothing can be sent: the endpoint is off, or the viewer may only look. */
  resend?: ServerAction<unknown>;
}) {
  return (
    <Table folds>
      <TableHeader>
        <TableRow>
          {["Message", "State", "Last answer"].map((heading) => (
            <TableHead key={heading}>{heading}</TableHead>
          ))}
          <TableHead numeric>Tries</TableHead>
          <TableHead numeric>Took</TableHead>
          <TableHead>
            <span className="sr-only">Actions</span>
          </TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {deliveries.map((delivery) => (
          <TableRow key={delivery.id}>
            <TableCell className="min-w-64 align-top">
              <details>
                <summary className="min-h-6 w-fit min-w-6 rounded-sm py-0.5 marker:text-muted-foreground">
                  <code className="font-mono text-[0.8125rem]">{delivery.kind}</code>{" "}
                  <RelativeTime value={delivery.createdAt} className="text-muted-foreground text-xs" />
                </summary>
                <div className="mt-2 max-w-md">
                  <JsonView value={delivery.payload} title={delivery.messageId} />
                </div>
              </details>
            </TableCell>
            <TableCell label="State" className="align-top">
              <StatusBadge status={delivery.status} />
              {delivery.status === "queued" ? (
                <p className="mt-1 text-muted-foreground text-xs">
                  Next try <RelativeTime value={delivery.nextAttemptAt} isAhead />
                </p>
              ) : null}
            </TableCell>
            <TableCell
              label="Last answer"
              className="wrap-anywhere min-w-48 max-w-80 align-top text-[0.8125rem]"
            >
              {delivery.lastError ??
                (delivery.lastStatus === null ? "None yet" : `It answered ${delivery.lastStatus}.`)}
            </TableCell>
            <TableCell label="Tries" numeric className="align-top">
              {delivery.attempt} of {delivery.kind === "test" ? 1 : MAX_TRIES}
            </TableCell>
            <TableCell label="Took" numeric className="align-top">
              {delivery.latencyMs === null ? "–" : formatDuration(delivery.latencyMs)}
            </TableCell>
            <TableCell className="text-right align-top">
              {resend && delivery.status !== "queued" ? (
                <ActionButton
                  action={resend}
                  input={{ deliveryId: delivery.id }}
                  variant="outline"
                  size="sm"
                  className="relative"
                  aria-label={`Send again: ${delivery.kind}, ${delivery.messageId}`}
                  successMessage="It is sent again."
                >
                  Send again
                </ActionButton>
              ) : null}
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
