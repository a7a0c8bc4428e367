import { EndpointState } from "@/components/notifications/endpoint-state";
import { RowLink } from "@/components/shared/data-table";
import { RelativeTime } from "@/components/shared/relative-time";
import { StatusBadge } from "@/components/shared/status-badge";
import { Badge } from "@/components/ui/badge";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { EndpointItem } from "@/lib/notifications/queries/endpoints";

/** The endpoints of a workspace. */
export function EndpointList({ endpoints }: { endpoints: readonly EndpointItem[] }) {
  return (
    <Table folds>
      <TableHeader>
        <TableRow>
          {["Endpoint", "Told of", "State", "Last message"].map((heading) => (
            <TableHead key={heading}>{heading}</TableHead>
          ))}
        </TableRow>
      </TableHeader>
      <TableBody>
        {endpoints.map((endpoint) => (
          <TableRow key={endpoint.id}>
            <TableCell className="min-w-56">
              <RowLink href={`/app/settings/webhooks/${endpoint.id}`} className="wrap-anywhere">
                {endpoint.url}
              </RowLink>
              {endpoint.description ? (
                <p className="text-muted-foreground text-xs">{endpoint.description}</p>
              ) : null}
            </TableCell>
            <TableCell label="Told of">
              <KindBadges kinds={endpoint.kinds} />
            </TableCell>
            <TableCell label="State">
              <EndpointState endpoint={endpoint} />
            </TableCell>
            <TableCell label="Last message">
              {endpoint.lastStatus && endpoint.lastAt ? (
                <span className="flex flex-wrap items-center gap-2">
                  <StatusBadge status={endpoint.lastStatus} />
                  <RelativeTime value={endpoint.lastAt} />
                </span>
              ) : (
                "None yet"
              )}
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

/** The kinds of notification an endpoint is told. */
export function KindBadges({ kinds }: { kinds: readonly string[] }) {
  return (
    <span className="flex min-w-40 flex-wrap gap-1">
      {kinds.map((kind) => (
        <Badge key={kind} className="font-mono font-normal">
          {kind}
        </Badge>
      ))}
    </span>
  );
}
