import { DateTime } from "@/components/shared/date-time";
import { Money } from "@/components/shared/money";
import { Alert } from "@/components/ui/alert";
import { Link } from "@/components/ui/link";
import { centsToMicros } from "@/lib/money";
import type { MoneyAttention } from "@/lib/wallet/attention";

const things = (steps: number, documents: number) => {
  const parts = [
    ...(steps > 0 ? [steps === 1 ? "1 step of a run" : `${steps} steps of runs`] : []),
    ...(documents > 0 ? [documents === 1 ? "1 document" : `${documents} documents`] : []),
  ];
  return `${parts.join(" and ")} ${steps + documents === 1 ? "waits" : "wait"}`;
};
const linkClass = "rounded-sm font-medium underline underline-offset-2";

/** What about its money needs somebody of the workspace. */
export function MoneyAlerts({ attention }: { attention: MoneyAttention }) {
  const { waiting, documents, overdue, blockedReason, topupOffReason, expiring } = attention;
  return (
    <>
      {blockedReason ? (
        <Alert tone="danger" title="New runs do not start">
          {blockedReason} What runs goes on. It ends when your invoices are paid.
        </Alert>
      ) : null}
      {overdue.count > 0 ? (
        <Alert
          tone="danger"
          title={overdue.count === 1 ? "1 invoice is overdue" : `${overdue.count} invoices are overdue`}
        >
          <Money micros={centsToMicros(overdue.cents)} /> is to be paid.{" "}
          <Link href="/app/billing?status=overdue" className={linkClass}>
            Show what is overdue
          </Link>
        </Alert>
      ) : null}
      {waiting.credit + documents.credit > 0 ? (
        <Alert tone="warning" title={`${things(waiting.credit, documents.credit)} for credit`}>
          Nothing done is lost: they go on by themselves when credit is added.
        </Alert>
      ) : null}
      {waiting.cap + waiting.ask + documents.cap > 0 ? (
        <Alert
          tone="warning"
          title={`${things(waiting.cap + waiting.ask, documents.cap)} for a spending cap`}
        >
          They go on when a cap is raised, more is allowed, or its day or month is over.{" "}
          <Link href={waiting.ask > 0 ? "/app/approvals" : "/app/billing/caps"} className={linkClass}>
            {waiting.ask > 0 ? "Answer" : "Show the caps"}
          </Link>
        </Alert>
      ) : null}
      {topupOffReason ? (
        <Alert tone="warning" title="Credit is not bought by itself">
          {topupOffReason}{" "}
          <a href="/app/billing/top-up" className={linkClass}>
            Look at it
          </a>
        </Alert>
      ) : null}
      {expiring ? (
        <Alert tone="info" title="Credit expires soon">
          <Money micros={expiring.micros} /> can be spent until <DateTime value={expiring.at} /> and is gone
          after.
        </Alert>
      ) : null}
    </>
  );
}
