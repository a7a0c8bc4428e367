import type { ReactNode } from "react";
import { DateTime } from "@/components/shared/date-time";
import { Money } from "@/components/shared/money";
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from "@/components/ui/card";
import type { NextInvoice } from "@/lib/billing/next-invoice";
import { centsToMicros } from "@/lib/money";

const PER = { monthly: "a month", annual: "a year" } as const;

/** The next invoice as far as it is known, line by line, and what becomes of the plan. */
export function NextInvoiceCard({ next }: { next: NextInvoice }) {
  return (
    <Card>
      <CardHeader>
        <CardTitle>Next invoice</CardTitle>
        <CardDescription>
          As far as it is known, before tax. It is made on <DateTime value={next.period.end} utc />.
        </CardDescription>
      </CardHeader>
      <CardContent>
        <dl className="grid gap-2 text-sm">
          <Line
            label={
              <>
                Usage since <DateTime value={next.period.start} format="date" utc />
              </>
            }
            micros={next.usageMicros}
          />
          {next.coveredMicros !== 0n ? (
            <Line label="Paid by credit and what the plan includes" micros={-next.coveredMicros} />
          ) : null}
          {next.fees.map((fee) => (
            <Line key={fee.description} label={fee.description} micros={fee.amountMicros} />
          ))}
          <div className="flex items-baseline justify-between gap-4 border-t pt-2 font-medium">
            <dt>So far</dt>
            <dd className="tabular-nums">
              <Money micros={next.dueMicros} />
            </dd>
          </div>
        </dl>
        <Closing next={next} />
        {next.planNext ? (
          <p className="mt-3 text-muted-foreground text-sm">
            <PlanNext {...next.planNext} />
          </p>
        ) : null}
      </CardContent>
    </Card>
  );
}

/** What is in neither: it stands on the invoice of the period that is over, which is just being made. */
function Closing({ next: { closingMicros, closingFeesMicros, period } }: { next: NextInvoice }) {
  if (closingMicros === 0n && closingFeesMicros === 0n) return null;
  const parts = [
    { micros: closingFeesMicros, what: "fee of the plan that goes on" },
    { micros: closingMicros, what: "used before" },
  ].filter(({ micros }) => micros > 0n);
  return (
    <p className="mt-3 text-muted-foreground text-sm">
      {parts.map(({ micros, what }, index) => (
        <span key={what}>
          {index === 0 ? "The " : " and the "}
          <Money micros={micros} /> {what}
        </span>
      ))}{" "}
      {parts.length > 1 ? "are" : "is"} on the invoice before this one. That is made in the hours after{" "}
      <DateTime value={period.start} utc />.
    </p>
  );
}

function Line({ label, micros }: { label: ReactNode; micros: bigint }) {
  return (
    <div className="flex items-baseline justify-between gap-4">
      <dt className="wrap-anywhere min-w-0 text-muted-foreground">{label}</dt>
      <dd className="shrink-0 tabular-nums">
        <Money micros={micros} />
      </dd>
    </div>
  );
}

function PlanNext({ kind, planName, cycle, cents, at }: NonNullable<NextInvoice["planNext"]>) {
  const when = <DateTime value={at} utc />;
  if (kind === "end")
    return (
      <>
        The {planName} plan ends on {when}: no fee is asked for, and usage is paid from credit from then on.
      </>
    );
  const price = (
    <>
      <Money micros={centsToMicros(cents)} /> {PER[cycle]}
    </>
  );
  return kind === "change" ? (
    <>
      On {when} the plan becomes {planName}, for {price}.
    </>
  ) : (
    <>
      The {planName} plan goes on after {when}, for {price}.
    </>
  );
}
