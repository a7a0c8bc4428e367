import { History } from "lucide-react";
import { StoppedTable } from "@/components/pricebook/stopped-table";
import { EmptyState } from "@/components/shared/empty-state";
import { Money } from "@/components/shared/money";
import { SectionHeader } from "@/components/shared/page-header";
import { StatGrid, StatTile } from "@/components/shared/stat-tile";
import { Alert } from "@/components/ui/alert";
import { describeResource, type ModelNames } from "@/lib/metering/resources";
import { formatMicros } from "@/lib/money";
import { formatChange, formatDifference } from "@/lib/pricebook/display";
import type { Simulation } from "@/lib/pricebook/queries/simulation";
import type { Figures } from "@/lib/pricebook/simulate";
import { formatShare } from "@/lib/rates/share";
import { CustomerTable, PartnerTable } from "./customer-table";
import { ResourceTable } from "./resource-table";

/** A sum at the draft's prices with how it differs from today's. */
function ChangeTile({ label, now, next }: { label: string; now: bigint; next: bigint }) {
  return (
    <StatTile
      label={label}
      value={<Money micros={next} />}
      note={`${formatDifference(now, next)} (${formatChange(now, next)}) against today's prices`}
    />
  );
}

function Tiles({ totals, direct, isBase }: { totals: Figures; direct: Figures; isBase: boolean }) {
  const base = (margin: bigint, paid: bigint) => paid - margin;
  return (
    <StatGrid>
      <StatTile
        label="As it was billed"
        value={<Money micros={totals.billed} />}
        note={`${formatMicros(totals.now)} at today's prices`}
      />
      <ChangeTile label="At the draft's prices" now={totals.now} next={totals.next} />
      {isBase ? (
        <>
          <ChangeTile
            label="The platform's part"
            now={base(totals.nowMargin, totals.now)}
            next={base(totals.nextMargin, totals.next)}
          />
          <ChangeTile label="Direct customers" now={direct.now} next={direct.next} />
          <ChangeTile label="Partners' margin" now={totals.nowMargin} next={totals.nextMargin} />
        </>
      ) : (
        <StatTile
          label="Your margin"
          value={<Money micros={totals.nextMargin} />}
          note={`${formatShare(totals.nextMargin, totals.next)} of revenue; ${formatMicros(totals.nowMargin)} (${formatShare(totals.nowMargin, totals.now)}) at today's prices`}
        />
      )}
    </StatGrid>
  );
}

function Notes({ simulation, models }: { simulation: Simulation; models: ModelNames }) {
  const { left, resources, rises } = simulation;
  const kept = resources.filter((line) => !line.isDrafted);
  const unpriced = resources.filter((line) => !line.isPriced);
  const names = (lines: typeof resources) =>
    lines.map(({ thing }) => describeResource(thing.resourceType, thing.modelKey, models)).join("; ");
  return (
    <>
      {rises.length > 0 ? (
        <Alert tone="warning" title="Base prices would rise above partners' prices">
          They begin 30 days after they are announced, and from then on those partners earn nothing on them
          until they set higher ones.
          <ul className="mt-1 list-disc pl-4">
            {rises.map(({ partnerId, name, thing, partnerMicros, baseMicros }) => (
              <li key={`${partnerId}:${thing.resourceType}:${thing.modelKey}`}>
                {name} sells {describeResource(thing.resourceType, thing.modelKey, models)} for{" "}
                {formatMicros(partnerMicros, { exact: true })}; the base price would be{" "}
                {formatMicros(baseMicros, { exact: true })}
              </li>
            ))}
          </ul>
        </Alert>
      ) : null}
      {kept.length > unpriced.length ? (
        <Alert tone="info" title="Not in this draft: at today's price">
          {names(kept.filter((line) => line.isPriced))}
        </Alert>
      ) : null}
      {unpriced.length > 0 ? (
        <Alert tone="info" title="Without a price today: as it was billed">
          {names(unpriced)}
        </Alert>
      ) : null}
      {left.customers > 0 ? (
        <Alert tone="info">
          {left.customers === 1 ? "One customer has" : `${left.customers} customers have`} left since:{" "}
          {formatMicros(left.billed)} that was billed then is not in these figures.
        </Alert>
      ) : null}
    </>
  );
}

/** A month's ledger at the prices of a draft. */
export function SimulationView({
  simulation,
  models,
  isBase,
  customerHref,
}: {
  simulation: Simulation;
  /** What the models are called. */
  models: ModelNames;
  isBase: boolean;
  /** The folder of the customers' pages. */
  customerHref: string;
}) {
  const { customers, resources, partners } = simulation;
  if (customers.length === 0)
    return (
      <div className="grid gap-4">
        <EmptyState icon={History} title="Nothing was used then">
          There is no usage in this time to hold the draft against. Choose another month.
        </EmptyState>
        <Notes simulation={simulation} models={models} />
      </div>
    );
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
      <Tiles totals={simulation.totals} direct={simulation.direct} isBase={isBase} />
      <Notes simulation={simulation} models={models} />
      <section>
        <SectionHeader
          title="Who would be stopped"
          description="Caps and credit as they are today, against what each customer would have used up."
        />
        <StoppedTable customers={customers} customerHref={customerHref} />
      </section>
      <section>
        <SectionHeader title="By customer" />
        <CustomerTable
          customers={customers}
          totals={simulation.totals}
          isBase={isBase}
          customerHref={customerHref}
        />
      </section>
      {isBase && partners.length > 0 ? (
        <section>
          <SectionHeader title="By partner" />
          <PartnerTable partners={partners} />
        </section>
      ) : null}
      <section>
        <SectionHeader title="By resource" />
        <ResourceTable models={models} resources={resources} isBase={isBase} />
      </section>
    </div>
  );
}
