import { DateTime } from "@/components/shared/date-time";
import { KeyValueList } from "@/components/shared/key-value-list";
import { Money } from "@/components/shared/money";
import { StatusBadge } from "@/components/shared/status-badge";
import { Card, CardAction, CardContent, CardHeader, CardTitle } from "@/components/ui/card";
import { centsToMicros } from "@/lib/money";
import { CYCLE_LABELS, CYCLE_UNITS } from "@/lib/plans/cycles";
import type { SubscriptionView } from "@/lib/subscriptions/queries";

const STATES = {
  none: { status: "inactive", label: "No plan" },
  trial: { status: "trialing", label: "Trial" },
  incomplete: { status: "pending", label: "To be paid" },
  active: { status: "active", label: "Active" },
  past_due: { status: "past_due", label: "Past due" },
} as const;

function NextText({ next }: { next: NonNullable<SubscriptionView["next"]> }) {
  const day = <DateTime value={next.at} format="date" utc />;
  if (next.kind === "end") return <>It ends on {day}: then usage is paid from credit.</>;
  const fee = (
    <>
      <Money micros={centsToMicros(next.cents)} /> a {CYCLE_UNITS[next.cycle]}
    </>
  );
  return next.kind === "renew" ? (
    <>
      {fee} on {day}
    </>
  ) : (
    <>
      {next.planName}, {CYCLE_LABELS[next.cycle].toLowerCase()}, for {fee} from {day}
    </>
  );
}

function factsOf(sub: SubscriptionView) {
  return [
    ...(sub.cents !== null
      ? [
          {
            label: "Fee",
            value: (
              <>
                <Money micros={centsToMicros(sub.cents)} /> a {CYCLE_UNITS[sub.cycle]}, before tax
              </>
            ),
          },
        ]
      : []),
    ...(sub.trialEndsAt ? [{ label: "The trial ends", value: <DateTime value={sub.trialEndsAt} /> }] : []),
    ...(sub.period
      ? [
          {
            label: "This month",
            value: (
              <>
                <DateTime value={sub.period.start} format="date" utc /> to{" "}
                <DateTime value={sub.period.end} format="date" utc />
              </>
            ),
          },
        ]
      : []),
    ...(sub.allowance.amountMicros > 0n
      ? [
          {
            label: "Included this month",
            value: (
              <>
                <Money micros={sub.allowance.remainingMicros} /> of{" "}
                <Money micros={sub.allowance.amountMicros} /> left
              </>
            ),
          },
        ]
      : []),
    ...(sub.next ? [{ label: "Next", value: <NextText next={sub.next} /> }] : []),
  ];
}

/** What the workspace subscribes to, and what comes next. */
export function CurrentPlan({ sub, actions }: { sub: SubscriptionView; actions: React.ReactNode }) {
  const { status, label } = STATES[sub.state];
  const facts = factsOf(sub);
  return (
    <Card>
      <CardHeader>
        <CardTitle className="flex flex-wrap items-center gap-2">
          {sub.plan?.name ?? "Pay as you go"} <StatusBadge status={status} label={label} />
        </CardTitle>
        <CardAction>{actions}</CardAction>
      </CardHeader>
      <CardContent>
        {facts.length > 0 ? (
          <KeyValueList items={facts} />
        ) : (
          <p className="text-muted-foreground text-sm">
            Usage is paid as it happens, from your credit or by invoice. A plan includes usage, and lets more
            run at once.
          </p>
        )}
      </CardContent>
    </Card>
  );
}
