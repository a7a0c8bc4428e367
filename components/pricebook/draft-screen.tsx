import type { ReactNode } from "react";
import { DeleteDraft } from "@/components/pricebook/delete-draft";
import { DraftBadge } from "@/components/pricebook/draft-list";
import { DraftPrices, ReadPrices } from "@/components/pricebook/draft-prices";
import { RaisePrices } from "@/components/pricebook/raise-prices";
import { ScheduleCard } from "@/components/pricebook/schedule-card";
import { DateTime } from "@/components/shared/date-time";
import { PageHeader } from "@/components/shared/page-header";
import { Alert } from "@/components/ui/alert";
import type { Crumb } from "@/components/ui/breadcrumb";
import { Button } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import type { ModelNames } from "@/lib/metering/resources";
import type { DraftView } from "@/lib/pricebook/queries/drafts";
import type { ServerAction } from "@/lib/result";

export type DraftActions = {
  save: ServerAction<void>;
  raise: ServerAction<{ changed: number }>;
  remove: ServerAction<void>;
  schedule: ServerAction<{ made: number }>;
};

/** A draft of prices: typed over and scheduled while it is one, as it was afterwards. */
export function DraftScreen({
  draft,
  isBase,
  models,
  now,
  href,
  breadcrumb,
  actions,
  extra,
}: {
  draft: DraftView;
  /** Whether it holds base prices rather than a partner's. */
  isBase: boolean;
  /** What the models are called. */
  models: ModelNames;
  now: Date;
  /** The folder of the drafts' pages. */
  href: string;
  breadcrumb: readonly Crumb[];
  /** Null for who only reads. */
  actions: DraftActions | null;
  /** What else can be done with it. */
  extra?: ReactNode;
}) {
  const isOpen = draft.status === "draft";
  return (
    <>
      <PageHeader
        title={draft.name}
        badge={<DraftBadge draft={draft} now={now} />}
        description={
          isBase
            ? "Base prices. A price that is left empty stays as it is."
            : "Your prices, never below the base prices. A price that is left empty stays as it is."
        }
        breadcrumb={breadcrumb}
        actions={
          <>
            {isOpen && actions ? (
              <>
                <DeleteDraft draft={draft} remove={actions.remove} href={href} />
                <RaisePrices
                  draftId={draft.id}
                  updatedAt={draft.updatedAt.toISOString()}
                  types={draft.rows.map((row) => row.thing.resourceType)}
                  raise={actions.raise}
                />
                {extra}
              </>
            ) : null}
            <Button asChild>
              <Link href={`${href}/${draft.id}/simulation`}>Simulate</Link>
            </Button>
          </>
        }
      />
      {isOpen && actions ? (
        <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
          <DraftPrices draft={draft} models={models} isBase={isBase} save={actions.save} />
          <ScheduleCard draft={draft} models={models} schedule={actions.schedule} />
        </div>
      ) : isOpen ? (
        <ReadPrices draft={draft} models={models} isBase={isBase} />
      ) : (
        <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
          <Made draft={draft} now={now} bookHref={isBase ? "/admin/rates" : "/partner/price-book"} />
          <ReadPrices draft={draft} models={models} isBase={isBase} />
        </div>
      )}
    </>
  );
}

/** What became of a draft that was scheduled. */
function Made({ draft, now, bookHref }: { draft: DraftView; now: Date; bookHref: string }) {
  const made = draft.rows.filter((row) => row.madeRateId !== null).length;
  const gone = draft.withdrawn.size;
  const isAhead = draft.effectiveFrom !== null && draft.effectiveFrom > now;
  if (made > 0 && gone === made)
    return <Alert title="All of its prices were withdrawn">The prices before them hold on.</Alert>;
  return (
    <Alert
      tone="success"
      title={made === 1 ? "One price was made of it" : `${made} prices were made of it`}
      action={
        <Button asChild size="sm" variant="outline">
          <Link href={bookHref}>All prices</Link>
        </Button>
      }
    >
      {draft.effectiveFrom ? (
        <>
          {isAhead ? "They begin on " : "They hold since "}
          <DateTime value={draft.effectiveFrom} utc />.
          {isAhead ? " Until then each can be withdrawn where all prices are." : null}
        </>
      ) : null}
      {gone > 0 ? ` ${gone === 1 ? "One was" : `${gone} were`} withdrawn since.` : null}
    </Alert>
  );
}
