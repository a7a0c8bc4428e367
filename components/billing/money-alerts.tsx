import Link from "next/link";
import { DateTime } from "@/components/shared/date-time";
import { Money } from "@/components/shared/money";
import { Alert } from "@/components/ui/alert";
import { centsToMicros } from "@/lib/money";
import type { MoneyAttention } from "@/lib/wallet/attention";

const steps = (count: number) => (count === 1 ? "1 step of a run waits" : `${count} steps of runs wait`);
const linkClass = "rounded-sm font-medium underline underline-offset-2";

/** What about its money needs somebody of the workspace. */
export function MoneyAlerts({ attention }: { attention: MoneyAttention }) {
  const { waiting, overdue, blockedReason, topupOffReason, expiring } = attention;
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
      {waiting.credit > 0 ? (
        <Alert tone="warning" title={`${steps(waiting.credit)} for credit`}>
          Nothing done is lost: runs go on by themselves when credit is added.
        </Alert>
      ) : null}
      {waiting.cap + waiting.ask > 0 ? (
        <Alert tone="warning" title={`${steps(waiting.cap + waiting.ask)} for a spending cap`}>
          They go on when a cap is raised, more is allowed, or its day or month is over.{" "}
          <Link href={waiting.ask > 0 ? "/app/approvals" : "/app/billing/caps"} className={linkClass}>
            {waiting.ask > 0 ? "Answer" : "Show the caps"}
          </Link>
        </Alert>
      ) : null}
      {topupOffReason ? (
        <Alert tone="warning" title="Credit is not bought by itself any more">
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
