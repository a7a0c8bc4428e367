import type { Metadata } from "next";
import { AdminsOnly } from "@/components/accounts/admins-only";
import { CurrentPlan } from "@/components/plans/current-plan";
import { PlanChanges } from "@/components/plans/plan-changes";
import { PlanChooser } from "@/components/plans/plan-chooser";
import { PlanPress } from "@/components/plans/plan-press";
import { DateTime } from "@/components/shared/date-time";
import { PageHeader, SectionHeader } from "@/components/shared/page-header";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { denial } from "@/lib/auth/authorize";
import { requireTenant } from "@/lib/auth/scope";
import { currentTime } from "@/lib/clock";
import { CYCLE_LABELS } from "@/lib/plans/cycles";
import { priceAt } from "@/lib/plans/prices";
import { listOffers, listPlanNames, type OfferedPlan } from "@/lib/plans/queries";
import { getSubscription, listChanges, type SubscriptionView } from "@/lib/subscriptions/queries";
import { cancelPlanAction, changePlanAction, previewPlanAction, resumePlanAction } from "./actions";

export const metadata: Metadata = { title: "Plan" };

function offerOf(plan: OfferedPlan, now: Date) {
  const price = (cycle: "monthly" | "annual") => {
    const found = priceAt(plan.prices, cycle, now);
    return found ? String(found.amountCents) : null;
  };
  return {
    planId: plan.id,
    name: plan.name,
    description: plan.description,
    allowance: String(plan.allowanceMicros),
    maxRunning: plan.maxRunning,
    prices: { monthly: price("monthly"), annual: price("annual") },
  };
}

export default async function PlanPage() {
  const scope = await requireTenant();
  if (denial(scope, "billing.read")) return <AdminsOnly title="Plan" />;
  const sub = await getSubscription(scope);
  const now = currentTime();
  const offers = (await listOffers(scope))
    .map((plan) => offerOf(plan, now))
    .filter((offer) => offer.prices.monthly !== null || offer.prices.annual !== null);
  const changes = await listChanges(scope);
  const canChange = denial(scope, "plan.change") === null;
  return (
    <>
      <PageHeader
        title="Plan"
        breadcrumb={[{ label: "Billing", href: "/app/billing" }, { label: "Plan" }]}
        description="What you subscribe to, what it includes, and what comes next. Months begin on the day you chose it, in UTC."
      />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-8">
        <div className="grid gap-3 empty:hidden">
          <Notices sub={sub} canChange={canChange} />
        </div>
        <CurrentPlan sub={sub} actions={<CancelButton sub={sub} isShown={!denial(scope, "plan.cancel")} />} />
        {offers.length > 0 ? (
          <section>
            <SectionHeader
              title={sub.state === "active" ? "Change the plan" : "Choose a plan"}
              description="A higher plan holds at once: you pay the difference for what is left, by the second. A lower one waits until what you have paid is over."
            />
            <PlanChooser
              offers={offers}
              current={{ planId: sub.plan?.id ?? null, cycle: sub.cycle }}
              coming={sub.next?.kind === "change" ? sub.next : null}
              preview={previewPlanAction}
              change={changePlanAction}
              canChange={canChange}
            />
          </section>
        ) : null}
        {changes.length > 0 ? (
          <section>
            <SectionHeader title="What was done" />
            <PlanChanges changes={changes} names={await listPlanNames(scope)} />
          </section>
        ) : null}
      </div>
    </>
  );
}

function Notices({ sub, canChange }: { sub: SubscriptionView; canChange: boolean }) {
  return (
    <>
      {sub.unpaid ? (
        <Alert
          tone="warning"
          title={`Invoice ${sub.unpaid.number} is to be paid.`}
          action={
            <Button asChild size="sm" variant="outline">
              <a href={`/app/billing/${sub.unpaid.id}/pay`}>Pay</a>
            </Button>
          }
        >
          {sub.state === "incomplete"
            ? "The plan holds with its payment: then what it includes is there."
            : "What your plan includes more is there once it is paid, or already if you pay afterwards."}
        </Alert>
      ) : null}
      {sub.next && sub.next.kind !== "renew" ? (
        <Alert
          title={
            sub.next.kind === "end"
              ? "Your plan is cancelled."
              : `Your plan becomes ${sub.next.planName}, ${CYCLE_LABELS[sub.next.cycle].toLowerCase()}.`
          }
          action={
            canChange ? (
              <PlanPress
                action={resumePlanAction}
                size="sm"
                variant="outline"
                successMessage="Your plan stays as it is."
              >
                Keep my plan
              </PlanPress>
            ) : undefined
          }
        >
          Until <DateTime value={sub.next.at} format="date" utc /> everything stays as it is.
        </Alert>
      ) : null}
      {sub.trialEndsAt ? (
        <Alert title="You are trying the product.">
          Choose a plan until <DateTime value={sub.trialEndsAt} format="date" />; what is left of your trial
          credit stays until then. Without one, usage is paid from credit.
        </Alert>
      ) : null}
    </>
  );
}

function CancelButton({ sub, isShown }: { sub: SubscriptionView; isShown: boolean }) {
  const isEnding = sub.next?.kind === "end";
  if (!isShown || !sub.plan?.id || isEnding) return null;
  const isUnpaid = sub.state === "incomplete";
  return (
    <PlanPress
      action={cancelPlanAction}
      variant="outline"
      size="sm"
      successMessage="The plan is cancelled."
      confirm={{
        title: `Cancel ${sub.plan.name}?`,
        description: isUnpaid
          ? "It ends at once, and its invoice is void."
          : "It stays until what you have paid is over; then usage is paid from credit. You can take it back until then.",
        confirmLabel: "Cancel plan",
        destructive: true,
      }}
    >
      Cancel plan
    </PlanPress>
  );
}
