import { Scale } from "lucide-react";
import type { Metadata } from "next";
import { FindingList } from "@/components/admin/finding-list";
import { ReconcileChecks, ReconcileRuns } from "@/components/admin/reconcile-runs";
import { ActionButton } from "@/components/shared/action-button";
import { EmptyState } from "@/components/shared/empty-state";
import { FilterSelect, Toolbar } from "@/components/shared/filter-select";
import { LiveRefresh } from "@/components/shared/live-refresh";
import { PageHeader, SectionHeader } from "@/components/shared/page-header";
import { requirePlatform } from "@/lib/auth/scope";
import { currentTime } from "@/lib/clock";
import { readQuery, type SearchParams } from "@/lib/query";
import { RECONCILE_CHECKS } from "@/lib/reconcile/checks";
import { listFindingsInput } from "@/lib/reconcile/input";
import { listFindings, listRuns, type RunView } from "@/lib/reconcile/queries";
import { decideFindingAction, requestReconciliationAction } from "./actions";

export const metadata: Metadata = { title: "Reconciliation" };

const QUARTER_MS = 900_000;

/** A run that nobody has ended for a quarter of an hour will not go on by itself. */
const isUnderWay = ({ finishedAt, startedAt }: RunView, now: Date) =>
  finishedAt === null && now.getTime() - startedAt.getTime() < QUARTER_MS;

/** Why no finding is open: what did not agree is put right or decided, or nobody knows yet. */
function openWords(last: RunView | undefined, isBusy: boolean): string {
  if (!last) return "The books have not been compared yet: run it now, or wait for the night.";
  if (isBusy) return "The books are being compared.";
  const isWhole = last.finishedAt && Object.values(last.results).every(({ error }) => !error);
  return isWhole
    ? "What was compared agrees, or is decided."
    : "The last run could not compare everything: see below.";
}

export default async function ReconciliationPage({ searchParams }: { searchParams: SearchParams }) {
  const scope = await requirePlatform();
  const filter = await readQuery(searchParams, listFindingsInput);
  const status = filter.status ?? "open";
  const [runs, findings] = await Promise.all([
    listRuns(scope),
    listFindings(scope, { status, cursor: filter.cursor }),
  ]);
  const words = RECONCILE_CHECKS.map(({ id, title, meaning, remedy }) => ({ id, title, meaning, remedy }));
  const now = currentTime();
  const isBusy = runs.some((run) => isUnderWay(run, now));
  return (
    <>
      <PageHeader
        title="Reconciliation"
        description="Every night at three (UTC) the books are compared with themselves and with Stripe. What does not agree waits here for you."
        actions={
          <ActionButton
            action={requestReconciliationAction}
            input={{}}
            disabled={isBusy}
            successMessage="The books are being compared."
          >
            Run now
          </ActionButton>
        }
      />
      <LiveRefresh active={isBusy} />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-8">
        <section>
          <SectionHeader title="Findings" description="One row for each thing, however often it is found." />
          <Toolbar>
            <FilterSelect
              param="status"
              label="State"
              options={[
                { value: "open", label: "Open" },
                { value: "accepted", label: "Accepted" },
                { value: "dismissed", label: "Dismissed" },
                { value: "fixed", label: "Put right" },
              ]}
            />
          </Toolbar>
          {findings.items.length === 0 ? (
            <EmptyState icon={Scale} title={status === "open" ? "Nothing waits for you" : "None of these"}>
              {status === "open" ? openWords(runs[0], isBusy) : "No finding is in this state."}
            </EmptyState>
          ) : (
            <FindingList page={findings} words={words} action={decideFindingAction} />
          )}
        </section>
        <section>
          <SectionHeader title="What is compared" description="As the last run left it." />
          <ReconcileChecks words={words} run={runs[0] ?? null} />
        </section>
        {runs.length > 0 ? (
          <section>
            <SectionHeader title="Runs" description="The last ten." />
            <ReconcileRuns runs={runs.map((run) => ({ ...run, isUnderWay: isUnderWay(run, now) }))} />
          </section>
        ) : null}
      </div>
    </>
  );
}
