import { CircleCheck, Landmark } from "lucide-react";
import type { Metadata } from "next";
import { AdminsOnly } from "@/components/accounts/admins-only";
import { AutoTopupForm } from "@/components/payments/auto-topup-form";
import { ContinueTopupForm } from "@/components/payments/continue-topup-form";
import { CreditOrders } from "@/components/payments/credit-orders";
import { TopUpForm } from "@/components/payments/top-up-form";
import { TransferForm } from "@/components/payments/transfer-form";
import { DateTime } from "@/components/shared/date-time";
import { EmptyState } from "@/components/shared/empty-state";
import { PageHeader, SectionHeader } from "@/components/shared/page-header";
import type { TenantScope } from "@/db/scope";
import { denial } from "@/lib/auth/authorize";
import { orNotFound } from "@/lib/auth/page";
import { requireTenant } from "@/lib/auth/scope";
import type { Tax } from "@/lib/billing/tax";
import { centsToMicros, formatMicros, microsFromNumeric } from "@/lib/money";
import { isExpired } from "@/lib/payments/expiry";
import { topupQuery } from "@/lib/payments/input";
import { methodName } from "@/lib/payments/method-name";
import { acceptsCards, creditTax, findAutoTopup, listMethods } from "@/lib/payments/queries";
import { getTopup, type TopupView } from "@/lib/payments/topup-queries";
import { listCreditOrders } from "@/lib/payments/transfer-queries";
import { readQuery, type SearchParams } from "@/lib/query";
import {
  cancelTransferAction,
  continueTopupAction,
  orderTransferAction,
  refreshPaymentAction,
  saveAutoTopupAction,
  startTopupAction,
} from "./actions";

export const metadata: Metadata = { title: "Add credit" };

export default async function TopUpPage({ searchParams }: { searchParams: SearchParams }) {
  const scope = await requireTenant();
  if (denial(scope, "billing.pay")) return <AdminsOnly title="Add credit" />;
  const [isOpen, methods] = [await acceptsCards(scope), await listMethods(scope)];
  const auto = await findAutoTopup(scope);
  const tax = await creditTax(scope);
  const now = new Date();
  const cards = methods
    .filter(({ expiry }) => !isExpired(expiry, now))
    .map((method) => ({ id: method.id, label: methodName(method) }));
  const { pay } = await readQuery(searchParams, topupQuery);
  if (pay) {
    const topup = await orNotFound(getTopup(scope, pay));
    return <PayTopup topup={topup} cards={cards} />;
  }
  return (
    <>
      <PageHeader
        title="Add credit"
        breadcrumb={[{ label: "Billing", href: "/app/billing" }, { label: "Add credit" }]}
        description="Credit pays for usage as it happens. What is owed is paid first, and runs that wait for credit go on."
      />
      {isOpen ? (
        <div className="grid gap-10">
          <TopUpForm start={startTopupAction} refresh={refreshPaymentAction} cards={cards} tax={tax} />
          <section>
            <SectionHeader
              title="Automatic top-up"
              description={`Buys credit with the card that is charged when little is left. ${tax ? `On top of it comes the tax: ${tax.note}. ` : ""}After three failures in a row it is turned off.`}
            />
            <AutoTopupForm save={saveAutoTopupAction} auto={auto} />
          </section>
        </div>
      ) : (
        <ByTransfer scope={scope} tax={tax} />
      )}
    </>
  );
}

async function ByTransfer({ scope, tax }: { scope: TenantScope; tax: Tax | null }) {
  const orders = await listCreditOrders(scope);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-10">
      <section>
        <SectionHeader
          title="Pay by bank transfer"
          description="Cards are not accepted here yet. Order the credit, and send the money with the reference of the order: it is added when the money has arrived."
        />
        <TransferForm order={orderTransferAction} tax={tax} />
      </section>
      {orders.length > 0 ? (
        <section>
          <SectionHeader
            title="Waiting for your money"
            description="Send exactly this amount, and give the reference."
          />
          <CreditOrders orders={orders} cancel={cancelTransferAction} />
        </section>
      ) : null}
    </div>
  );
}

/** Credit that a program, or somebody else, has ordered. */
function PayTopup({ topup, cards }: { topup: TopupView; cards: { id: string; label: string }[] }) {
  const total = formatMicros(centsToMicros(topup.totalCents));
  const credit = formatMicros(microsFromNumeric(topup.amount));
  const tax = topup.taxCents > 0n ? `, ${formatMicros(centsToMicros(topup.taxCents))} of it tax` : "";
  return (
    <>
      <PageHeader
        title="Pay for credit"
        breadcrumb={[
          { label: "Billing", href: "/app/billing" },
          { label: "Add credit", href: "/app/billing/top-up" },
          { label: "Pay" },
        ]}
        description={
          <>
            {credit} of credit, ordered on <DateTime value={topup.createdAt} format="date" />. Its price is{" "}
            {total}
            {tax}.
          </>
        }
      />
      {topup.isOpen && topup.reference ? (
        <EmptyState icon={Landmark} title={`Send ${total} by bank transfer`}>
          Give {topup.reference} as the reference. The credit is added when the money has arrived.
        </EmptyState>
      ) : topup.isOpen ? (
        <ContinueTopupForm
          go={continueTopupAction}
          refresh={refreshPaymentAction}
          cards={cards}
          topupId={topup.id}
          total={total}
        />
      ) : (
        <EmptyState icon={CircleCheck} title={topup.status === "paid" ? "It is paid" : "It is over"}>
          {topup.status === "paid"
            ? "The credit is there."
            : "This order cannot be paid any more. Order credit anew if you need it."}
        </EmptyState>
      )}
    </>
  );
}
