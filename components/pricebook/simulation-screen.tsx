import { DraftBadge } from "@/components/pricebook/draft-list";
import { SimulationView } from "@/components/pricebook/simulation-view";
import { WindowSelect } from "@/components/pricebook/window-select";
import { PageHeader } from "@/components/shared/page-header";
import type { Crumb } from "@/components/ui/breadcrumb";
import { Button } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import type { ModelNames } from "@/lib/metering/resources";
import type { Simulation } from "@/lib/pricebook/queries/simulation";
import { pastMonths } from "@/lib/pricebook/window";

/** What a draft would have done to a month that is over. */
export function SimulationScreen({
  simulation,
  models,
  isBase,
  now,
  href,
  breadcrumb,
  customerHref,
  canSchedule = true,
}: {
  simulation: Simulation;
  /** What the models are called. */
  models: ModelNames;
  isBase: boolean;
  now: Date;
  /** The draft's page. */
  href: string;
  breadcrumb: readonly Crumb[];
  customerHref: string;
  canSchedule?: boolean;
}) {
  const { draft, window } = simulation;
  return (
    <>
      <PageHeader
        title={`${draft.name}: simulation`}
        badge={<DraftBadge draft={draft} now={now} />}
        description="Every ledger row of the time at three prices: as it was billed, at today's, at the draft's. Each is rounded as the ledger rounds, and corrections count."
        breadcrumb={[...breadcrumb, { label: draft.name, href }, { label: "Simulation" }]}
        actions={
          <>
            <Button asChild variant="outline">
              <a href={`${href}/simulation/export?window=${window.key}`} download>
                Export CSV
              </a>
            </Button>
            <Button asChild>
              {draft.status === "draft" && canSchedule ? (
                <Link href={`${href}#schedule`}>Schedule</Link>
              ) : (
                <Link href={href}>Prices</Link>
              )}
            </Button>
          </>
        }
      />
      <WindowSelect months={pastMonths(now)} value={window.key} />
      <SimulationView simulation={simulation} models={models} isBase={isBase} customerHref={customerHref} />
    </>
  );
}
