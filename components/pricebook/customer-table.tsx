import { Money } from "@/components/shared/money";
import { Link } from "@/components/ui/link";
import {
  Table,
  TableBody,
  TableCell,
  TableFooter,
  TableHead,
  TableHeader,
  TableRow,
} from "@/components/ui/table";
import { formatChange, formatDifference } from "@/lib/pricebook/display";
import type { CustomerLine, Simulation } from "@/lib/pricebook/queries/simulation";
import type { Figures } from "@/lib/pricebook/simulate";

const SHOWN = 100;

export function FigureHeads({ hasMargin }: { hasMargin: boolean }) {
  return (
    <>
      <TableHead numeric>Billed</TableHead>
      <TableHead numeric>Today's prices</TableHead>
      <TableHead numeric>Draft</TableHead>
      <TableHead numeric>Change</TableHead>
      {hasMargin ? (
        <>
          <TableHead numeric>Margin today</TableHead>
          <TableHead numeric>Margin then</TableHead>
        </>
      ) : null}
    </>
  );
}

export function FigureCells({ line, hasMargin }: { line: Figures; hasMargin: boolean }) {
  return (
    <>
      <TableCell numeric>
        <Money micros={line.billed} />
      </TableCell>
      <TableCell numeric>
        <Money micros={line.now} />
      </TableCell>
      <TableCell numeric>
        <Money micros={line.next} className="font-medium" />
      </TableCell>
      <TableCell numeric>
        {formatDifference(line.now, line.next)}
        <p className="text-muted-foreground text-xs">{formatChange(line.now, line.next)}</p>
      </TableCell>
      {hasMargin ? (
        <>
          <TableCell numeric>
            <Money micros={line.nowMargin} />
          </TableCell>
          <TableCell numeric>
            <Money micros={line.nextMargin} />
          </TableCell>
        </>
      ) : null}
    </>
  );
}

/** What each customer would have paid, the largest change first. */
export function CustomerTable({
  customers,
  totals,
  isBase,
  customerHref,
}: {
  customers: readonly CustomerLine[];
  totals: Figures;
  isBase: boolean;
  customerHref: string;
}) {
  return (
    <>
      <Table>
        <TableHeader>
          <TableRow>
            <TableHead>Customer</TableHead>
            {isBase ? <TableHead>Sold by</TableHead> : null}
            <FigureHeads hasMargin />
          </TableRow>
        </TableHeader>
        <TableBody>
          {customers.slice(0, SHOWN).map((line) => (
            <TableRow key={line.tenantId}>
              <TableCell className="wrap-anywhere min-w-36">
                <Link
                  href={`${customerHref}/${line.tenantId}`}
                  className="rounded-sm font-medium hover:underline"
                >
                  {line.name}
                </Link>
              </TableCell>
              {isBase ? (
                <TableCell className="wrap-anywhere min-w-28 text-muted-foreground">
                  {line.partnerName ?? "the platform"}
                </TableCell>
              ) : null}
              <FigureCells line={line} hasMargin />
            </TableRow>
          ))}
        </TableBody>
        <TableFooter>
          <TableRow>
            <TableCell colSpan={isBase ? 2 : 1}>Total</TableCell>
            <FigureCells line={totals} hasMargin />
          </TableRow>
        </TableFooter>
      </Table>
      {customers.length > SHOWN ? (
        <p className="mt-2 text-muted-foreground text-sm">
          The {SHOWN} largest changes of {customers.length} customers; the file has all of them.
        </p>
      ) : null}
    </>
  );
}

/** What each partner's customers would have paid, and what of it had been the partner's. */
export function PartnerTable({ partners }: { partners: Simulation["partners"] }) {
  return (
    <Table>
      <TableHeader>
        <TableRow>
          <TableHead>Partner</TableHead>
          <FigureHeads hasMargin />
        </TableRow>
      </TableHeader>
      <TableBody>
        {partners.map((line) => (
          <TableRow key={line.partnerId}>
            <TableCell className="wrap-anywhere min-w-36 font-medium">{line.name}</TableCell>
            <FigureCells line={line} hasMargin />
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
