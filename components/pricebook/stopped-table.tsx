import { Money } from "@/components/shared/money";
import { Badge } from "@/components/ui/badge";
import { Link } from "@/components/ui/link";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { formatMicros } from "@/lib/money";
import { describeCap } from "@/lib/pricebook/display";
import type { CustomerLine } from "@/lib/pricebook/queries/simulation";
import type { CapReach } from "@/lib/pricebook/reach";

const NOUNS: Readonly<Record<string, readonly [string, string]>> = {
  day: ["day", "days"],
  month: ["month", "months"],
  run: ["run", "runs"],
};

function howOften({ period, over, overToday }: CapReach): string {
  const [one, many] = NOUNS[period] ?? ["time", "times"];
  const then = `${over} ${over === 1 ? one : many}`;
  return overToday === 0 ? then : `${then}, ${overToday} at today's prices too`;
}

/** Customers whose caps or credit would not have been enough. */
export function StoppedTable({
  customers,
  customerHref,
}: {
  customers: readonly CustomerLine[];
  customerHref: string;
}) {
  const stopped = customers.filter(({ caps, credit }) => caps.length > 0 || credit);
  if (stopped.length === 0)
    return (
      <p className="text-muted-foreground text-sm">Nobody: all caps and all credit would have been enough.</p>
    );
  return (
    <Table>
      <TableHeader>
        <TableRow>
          <TableHead>Customer</TableHead>
          <TableHead>By what</TableHead>
          <TableHead numeric>Bound</TableHead>
          <TableHead numeric>Today's prices</TableHead>
          <TableHead numeric>Draft</TableHead>
          <TableHead>How often</TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {stopped.flatMap((line) => [
          ...line.caps.map((cap) => (
            <TableRow key={`${line.tenantId}:${cap.capId}`}>
              <Customer line={line} href={customerHref} />
              <TableCell className="min-w-44">
                {describeCap(cap)}
                {cap.overToday < cap.over ? (
                  <Badge tone="warning" className="ml-2">
                    new
                  </Badge>
                ) : null}
              </TableCell>
              <TableCell numeric>
                <Money micros={cap.bound} />
              </TableCell>
              <TableCell numeric>
                <Money micros={cap.worstNow} />
              </TableCell>
              <TableCell numeric>
                <Money micros={cap.worstNext} />
              </TableCell>
              <TableCell className="min-w-36">{howOften(cap)}</TableCell>
            </TableRow>
          )),
          ...(line.credit
            ? [
                <TableRow key={`${line.tenantId}:credit`}>
                  <Customer line={line} href={customerHref} />
                  <TableCell className="min-w-44">
                    Credit
                    {line.credit.available > 0n ? (
                      <Badge tone="warning" className="ml-2">
                        new
                      </Badge>
                    ) : null}
                  </TableCell>
                  <TableCell numeric>
                    <Money micros={line.credit.available} />
                  </TableCell>
                  <TableCell numeric>
                    <Money micros={line.now} />
                  </TableCell>
                  <TableCell numeric>
                    <Money micros={line.next} />
                  </TableCell>
                  <TableCell className="min-w-36">{formatMicros(line.credit.missing)} short</TableCell>
                </TableRow>,
              ]
            : []),
        ])}
      </TableBody>
    </Table>
  );
}

function Customer({ line, href }: { line: CustomerLine; href: string }) {
  return (
    <TableCell className="wrap-anywhere min-w-36">
      <Link href={`${href}/${line.tenantId}`} className="rounded-sm font-medium hover:underline">
        {line.name}
      </Link>
    </TableCell>
  );
}
