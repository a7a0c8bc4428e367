import Link from "next/link";
import type { ReactNode } from "react";
import { DeleteDraft, RaisePrices } from "@/components/pricebook/draft-actions";
import { DraftBadge } from "@/components/pricebook/draft-list";
import { DraftPrices, ReadPrices } from "@/components/pricebook/draft-prices";
import { ScheduleCard } from "@/components/pricebook/schedule-card";
import { DateTime } from "@/components/shared/date-time";
import { PageHeader } from "@/components/shared/page-header";
import { Alert } from "@/components/ui/alert";
import type { Crumb } from "@/components/ui/breadcrumb";
import { Button } from "@/components/ui/button";
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
  now,
  href,
  breadcrumb,
  actions,
  extra,
}: {
  draft: DraftView;
  /** Whether it holds base prices rather than a partner's. */
  isBase: boolean;
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
  const made = draft.rows.filter((row) => row.madeRateId !== null).length;
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
                <RaisePrices draft={draft} raise={actions.raise} />
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
          <DraftPrices draft={draft} isBase={isBase} save={actions.save} />
          <ScheduleCard draft={draft} schedule={actions.schedule} />
        </div>
      ) : isOpen ? (
        <ReadPrices draft={draft} isBase={isBase} />
      ) : (
        <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
          <Alert
            tone="success"
            title={made === 1 ? "One price was made of it" : `${made} prices were made of it`}
          >
            {draft.effectiveFrom ? (
              <>
                They begin on <DateTime value={draft.effectiveFrom} utc /> (UTC). Until then each can be
                withdrawn where the prices are.
              </>
            ) : null}
          </Alert>
          <ReadPrices draft={draft} isBase={isBase} />
        </div>
      )}
    </>
  );
}
