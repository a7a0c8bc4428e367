import { Landmark } from "lucide-react";
import type { Metadata } from "next";
import { AdminsOnly } from "@/components/accounts/admins-only";
import { AutoTopupForm } from "@/components/payments/auto-topup-form";
import { TopUpForm } from "@/components/payments/top-up-form";
import { EmptyState } from "@/components/shared/empty-state";
import { PageHeader, SectionHeader } from "@/components/shared/page-header";
import { denial } from "@/lib/auth/authorize";
import { requireTenant } from "@/lib/auth/scope";
import { isExpired } from "@/lib/payments/expiry";
import { methodName } from "@/lib/payments/method-name";
import { acceptsCards, creditTax, findAutoTopup, listMethods } from "@/lib/payments/queries";
import { refreshPaymentAction, saveAutoTopupAction, startTopupAction } from "./actions";

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
        <EmptyState icon={Landmark} title="Pay by bank transfer">
          Cards are not accepted here yet. Send the money by bank transfer with the name of your workspace as
          its reference: your credit is added when it has arrived.
        </EmptyState>
      )}
    </>
  );
}
