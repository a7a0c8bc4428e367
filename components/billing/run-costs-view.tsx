import { DateTime, TimeZoneNote } from "@/components/shared/date-time";
import { Money } from "@/components/shared/money";
import { SectionHeader } from "@/components/shared/page-header";
import { StatGrid, StatTile } from "@/components/shared/stat-tile";
import { Badge } from "@/components/ui/badge";
import { Link } from "@/components/ui/link";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { LevelCosts, RunCosts } from "@/lib/billing/run-costs";
import { describeQuantity } from "@/lib/metering/display";
import { describeResource, type ModelNames } from "@/lib/metering/resources";

/** What each level of price is called by whoever looks. */
export type LevelNames = { readonly platform: string; readonly commission: string; readonly tenant: string };

/** What a run cost, at every level of price the viewer deals with: in all, by resource, and step by step. */
export function RunCostsView({
  costs,
  names,
  models,
}: {
  costs: RunCosts;
  names: LevelNames;
  /** What the models are called. */
  models: ModelNames;
}) {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-8">
      <StatGrid>
        <StatTile label={names.tenant} value={<Money numeric={costs.total.tenantCost} exact />} />
        <StatTile label={names.platform} value={<Money numeric={costs.total.platformCost} exact />} />
        <StatTile label={names.commission} value={<Money numeric={costs.total.commission} exact />} />
      </StatGrid>
      <section>
        <SectionHeader title="By resource" />
        <Table>
          <LevelHead first="Resource" names={names} />
          <TableBody>
            {costs.resources.map((row) => (
              <TableRow key={`${row.resourceType} ${row.modelKey} ${row.unit}`}>
                <TableCell className="min-w-40">
                  {describeResource(row.resourceType, row.modelKey, models)}
                </TableCell>
                <TableCell numeric>{describeQuantity(row.quantity, row.unit)}</TableCell>
                <Levels row={row} />
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </section>
      <section>
        <SectionHeader
          title="By step"
          description={
            costs.hasMoreSteps
              ? "The dearest first; the rest is in the sums above."
              : "The dearest first. Nothing of what the steps worked on is shown here."
          }
        />
        <Table>
          <LevelHead first="Step" names={names} />
          <TableBody>
            {costs.steps.map((row) => (
              <TableRow key={`${row.stepId} ${row.resourceType} ${row.modelKey} ${row.unit}`}>
                <TableCell className="min-w-48">
                  <span className="flex flex-wrap items-center gap-2">
                    <span className="font-mono text-xs">{row.nodeId ?? row.stepId?.slice(-8) ?? "–"}</span>
                    {row.isPart ? <Badge>part</Badge> : null}
                  </span>
                  <span className="block text-muted-foreground text-xs">
                    {describeResource(row.resourceType, row.modelKey, models)},{" "}
                    <DateTime value={row.at} format="datetime" utc />
                  </span>
                </TableCell>
                <TableCell numeric>{describeQuantity(row.quantity, row.unit)}</TableCell>
                <Levels row={row} />
              </TableRow>
            ))}
          </TableBody>
        </Table>
        <TimeZoneNote utc />
      </section>
    </div>
  );
}

function LevelHead({ first, names }: { first: string; names: LevelNames }) {
  return (
    <TableHeader>
      <TableRow>
        <TableHead>{first}</TableHead>
        <TableHead numeric>Quantity</TableHead>
        <TableHead numeric>{names.platform}</TableHead>
        <TableHead numeric>{names.commission}</TableHead>
        <TableHead numeric>{names.tenant}</TableHead>
      </TableRow>
    </TableHeader>
  );
}

function Levels({ row }: { row: LevelCosts }) {
  return (
    <>
      <TableCell numeric>
        <Money numeric={row.platformCost} exact />
      </TableCell>
      <TableCell numeric>
        <Money numeric={row.commission} exact />
      </TableCell>
      <TableCell numeric>
        <Money numeric={row.tenantCost} exact />
      </TableCell>
    </>
  );
}

/** Whose run it is, when, and what it is a part of. */
export function RunCostsSummary({
  costs,
  tenantHref,
  runHref,
}: {
  costs: RunCosts;
  tenantHref: string;
  runHref: string;
}) {
  return (
    <>
      <Link href={tenantHref} className="rounded-sm text-foreground underline underline-offset-4">
        {costs.tenantName}
      </Link>
      , <DateTime value={costs.firstAt} format="datetime" utc /> to{" "}
      <DateTime value={costs.lastAt} format="datetime" utc />.
      {costs.rootExecutionId ? (
        <>
          {" "}
          A part of{" "}
          <Link
            href={`${runHref}/${costs.rootExecutionId}`}
            className="rounded-sm font-mono underline underline-offset-4"
          >
            {costs.rootExecutionId.slice(0, 13)}
          </Link>
          .
        </>
      ) : null}
    </>
  );
}
