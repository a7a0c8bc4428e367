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
        {next.closingMicros > 0n ? (
          <p className="mt-3 text-muted-foreground text-sm">
            The <Money micros={next.closingMicros} /> used before is on the invoice before this one. That is
            made in the hours after <DateTime value={next.period.start} utc />.
          </p>
        ) : null}
        {next.planNext ? (
          <p className="mt-3 text-muted-foreground text-sm">
            <PlanNext {...next.planNext} />
          </p>
        ) : null}
      </CardContent>
    </Card>
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
