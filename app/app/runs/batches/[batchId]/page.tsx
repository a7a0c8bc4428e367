import type { Metadata } from "next";
import { BatchItems, outcomeLabel } from "@/components/runs/control/batch-items";
import { BatchProgress, titleOfBatch } from "@/components/runs/control/batch-progress";
import { VERB_WORDS } from "@/components/runs/control/verbs";
import { ActionButton } from "@/components/shared/action-button";
import { CursorPager } from "@/components/shared/data-table";
import { FilterSelect, Toolbar } from "@/components/shared/filter-select";
import { LiveRefresh } from "@/components/shared/live-refresh";
import { NothingFits } from "@/components/shared/nothing-fits";
import { PageHeader, SectionHeader } from "@/components/shared/page-header";
import { RelativeTime } from "@/components/shared/relative-time";
import { StatusBadge } from "@/components/shared/status-badge";
import { Alert } from "@/components/ui/alert";
import { Card, CardContent } from "@/components/ui/card";
import { Link } from "@/components/ui/link";
import { denial } from "@/lib/auth/authorize";
import { orNotFound } from "@/lib/auth/page";
import { requireTenant } from "@/lib/auth/scope";
import { readQuery, type SearchParams } from "@/lib/query";
import { BATCH_OUTCOMES, batchItemsQuery } from "@/lib/runs/batch-input";
import { type BatchItem, listBatchItems } from "@/lib/runs/batch-item-queries";
import { type BatchDto, type BatchRefusal, getBatch } from "@/lib/runs/batch-queries";
import { severalRuns } from "@/lib/runs/batch-words";
import { isFinished } from "@/lib/runs/input";
import { stopBatchAction } from "../../actions";

export const metadata: Metadata = { title: "Many runs" };

type Props = { params: Promise<{ batchId: string }>; searchParams: SearchParams };

export default async function BatchPage({ params, searchParams }: Props) {
  const scope = await requireTenant();
  const batch = await orNotFound(getBatch(scope, (await params).batchId));
  const { items, nextCursor } = await listBatchItems(
    scope,
    batch.id,
    await readQuery(searchParams, batchItemsQuery),
  );
  const isRunning = batch.status === "running";
  return (
    <>
      <LiveRefresh active={isRunning || items.some(goesOn)} />
      <PageHeader
        breadcrumb={[{ label: "Runs", href: "/app/runs" }, { label: "Many runs" }]}
        title={titleOfBatch(batch)}
        badge={<StatusBadge status={batch.status} label={LABELS[batch.status]} />}
        description={
          <>
            {askedBy(batch)} <RelativeTime value={batch.createdAt} />.
          </>
        }
        actions={isRunning && !denial(scope, "run.cancel") ? <StopButton batch={batch} /> : null}
      />
      {isRunning || batch.refused + batch.left > 0 ? (
        <Card className="mb-6">
          <CardContent className="grid gap-3">
            <BatchProgress batch={batch} />
            {isRunning ? (
              <p className="text-muted-foreground text-sm" aria-live="polite">
                {batch.note ?? "It goes on while you are away: you can leave this page."}
              </p>
            ) : null}
          </CardContent>
        </Card>
      ) : null}
      {!isRunning && batch.note ? (
        <Alert tone="warning" className="mb-6" title="It was stopped before the end.">
          {batch.note}
        </Alert>
      ) : null}
      {batch.refusals.length > 0 ? <Refusals refusals={batch.refusals} /> : null}
      <section>
        <SectionHeader title="Runs" description="Oldest first, which is the order of their turn." />
        <Toolbar>
          <FilterSelect
            param="outcome"
            label="Result"
            allLabel="Any result"
            options={BATCH_OUTCOMES.map((value) => ({ value, label: outcomeLabel(value, batch) }))}
          />
        </Toolbar>
        {items.length === 0 ? <NothingFits what="run" /> : <BatchItems items={items} batch={batch} />}
        <CursorPager nextCursor={nextCursor} />
      </section>
    </>
  );
}

/** The new run is under way. */
function goesOn({ startedStatus }: BatchItem): boolean {
  return startedStatus !== null && !isFinished(startedStatus);
}

function askedBy({ requestedByName, apiKeyName }: BatchDto): string {
  if (apiKeyName) return `Asked for by API key ${apiKeyName}`;
  return requestedByName ? `Asked for by ${requestedByName}` : "Asked for";
}

const LABELS = { running: "Under way", completed: "Completed", stopped: "Stopped" } as const;

function StopButton({ batch }: { batch: BatchDto }) {
  return (
    <ActionButton
      variant="outline"
      action={stopBatchAction}
      input={{ batchId: batch.id }}
      confirm={{
        title: "Leave the others alone?",
        description: `${severalRuns(batch.left)} whose turn has not come ${batch.left === 1 ? "stays as it is" : "stay as they are"}. Those that were ${VERB_WORDS[batch.verb].done} stay so.`,
        confirmLabel: "Leave the others alone",
        destructive: true,
      }}
    >
      Stop here
    </ActionButton>
  );
}

function Refusals({ refusals }: { refusals: readonly BatchRefusal[] }) {
  return (
    <section className="mb-6">
      <SectionHeader title="Not possible" description="These runs are as they were." />
      <Card>
        <CardContent>
          <ul className="divide-y text-sm">
            {refusals.map(({ message, count, runs }) => (
              <li key={message} className="grid gap-1 py-3 first:pt-0 last:pb-0">
                <p className="wrap-anywhere">
                  <span className="font-medium">{severalRuns(count)}:</span> {message}
                </p>
                <p className="wrap-anywhere flex flex-wrap gap-x-3 gap-y-1 text-muted-foreground">
                  {runs.map(({ id, name }) => (
                    <Link
                      key={id}
                      href={`/app/runs/${id}`}
                      className="rounded-sm underline-offset-2 hover:underline"
                    >
                      {name} <span className="font-mono text-xs">{id.slice(0, 13)}</span>
                    </Link>
                  ))}
                  {count > runs.length ? <span>and {severalRuns(count - runs.length)} more</span> : null}
                </p>
              </li>
            ))}
          </ul>
        </CardContent>
      </Card>
    </section>
  );
}
