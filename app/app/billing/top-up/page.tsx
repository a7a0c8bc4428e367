import type { Metadata } from "next";
import { AdminsOnly } from "@/components/accounts/admins-only";
import { AutoTopupForm } from "@/components/payments/auto-topup-form";
import { CreditOrders } from "@/components/payments/credit-orders";
import { TopUpForm } from "@/components/payments/top-up-form";
import { TransferForm } from "@/components/payments/transfer-form";
import { PageHeader, SectionHeader } from "@/components/shared/page-header";
import type { TenantScope } from "@/db/scope";
import { denial } from "@/lib/auth/authorize";
import { requireTenant } from "@/lib/auth/scope";
import type { Tax } from "@/lib/billing/tax";
import { isExpired } from "@/lib/payments/expiry";
import { methodName } from "@/lib/payments/method-name";
import { acceptsCards, creditTax, findAutoTopup, listMethods } from "@/lib/payments/queries";
import { listCreditOrders } from "@/lib/payments/transfer-queries";
import {
  cancelTransferAction,
  orderTransferAction,
  refreshPaymentAction,
  saveAutoTopupAction,
  startTopupAction,
} from "./actions";

export const metadata: Metadata = { title: "Add credit" };

export default async function TopUpPage() {
  const scope = await requireTenant();
  if (denial(scope, "billing.pay")) return <AdminsOnly title="Add credit" />;
  const [isOpen, methods] = [await acceptsCards(scope), await listMethods(scope)];
  const auto = await findAutoTopup(scope);
  const tax = await creditTax(scope);
  const now = new Date();
  const cards = methods
    .filter(({ expiry }) => !isExpired(expiry, now))
    .map((method) => ({ id: method.id, label: methodName(method) }));
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
