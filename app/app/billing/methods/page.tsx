import { CreditCard } from "lucide-react";
import type { Metadata } from "next";
import { AdminsOnly } from "@/components/accounts/admins-only";
import { AddCard } from "@/components/payments/add-card";
import { ChooseCard } from "@/components/payments/choose-card";
import { ActionButton } from "@/components/shared/action-button";
import { DateTime } from "@/components/shared/date-time";
import { EmptyState } from "@/components/shared/empty-state";
import { PageHeader } from "@/components/shared/page-header";
import { Badge } from "@/components/ui/badge";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { denial } from "@/lib/auth/authorize";
import { requireTenant } from "@/lib/auth/scope";
import { isExpired } from "@/lib/payments/expiry";
import { methodName } from "@/lib/payments/method-name";
import { acceptsCards, listMethods, type MethodItem } from "@/lib/payments/queries";
import { refreshSetupAction, removeMethodAction, setDefaultMethodAction, startSetupAction } from "./actions";

export const metadata: Metadata = { title: "Cards" };

function MethodRow({ method, canPay, now }: { method: MethodItem; canPay: boolean; now: Date }) {
  const { expiry } = method;
  return (
    <TableRow>
      <TableCell className="sm:min-w-44">
        <span className="font-medium">{methodName(method)}</span>{" "}
        {method.isDefault ? <Badge>Charged</Badge> : null}
      </TableCell>
      <TableCell className="whitespace-nowrap">
        {expiry ? `${String(expiry.month).padStart(2, "0")}/${expiry.year}` : "–"}{" "}
        {isExpired(expiry, now) ? <Badge tone="danger">Expired</Badge> : null}
      </TableCell>
      <TableCell className="max-sm:hidden">
        <DateTime value={method.addedAt} format="date" />
      </TableCell>
      <TableCell className="text-right">
        {canPay ? (
          <div className="flex justify-end gap-2 max-sm:flex-col max-sm:items-end">
            {method.isDefault ? null : (
              <ChooseCard action={setDefaultMethodAction} methodId={method.id} name={methodName(method)} />
            )}
            <ActionButton
              action={removeMethodAction}
              input={{ methodId: method.id }}
              variant="outline"
              size="sm"
              aria-label={`Remove ${methodName(method)}`}
              successMessage={`${methodName(method)} is removed.`}
              confirm={{
                title: `Remove ${methodName(method)}?`,
                description: method.isDefault
                  ? "It is the card that is charged: until you choose another, nothing is paid by itself."
                  : "It is taken away here and at Stripe.",
                confirmLabel: "Remove card",
                destructive: true,
              }}
            >
              Remove
            </ActionButton>
          </div>
        ) : null}
      </TableCell>
    </TableRow>
  );
}

export default async function MethodsPage() {
  const scope = await requireTenant();
  if (denial(scope, "billing.read")) return <AdminsOnly title="Cards" />;
  const canPay = denial(scope, "billing.pay") === null && (await acceptsCards(scope));
  const methods = await listMethods(scope);
  const now = new Date();
  const add = canPay ? <AddCard start={startSetupAction} refresh={refreshSetupAction} /> : null;
  return (
    <>
      <PageHeader
        title="Cards"
        breadcrumb={[{ label: "Billing", href: "/app/billing" }, { label: "Cards" }]}
        description="Cards that pay your invoices and credit. Their numbers are with Stripe, never here."
      />
      {methods.length === 0 ? (
        <EmptyState icon={CreditCard} title="No cards yet">
          {canPay
            ? "The first card you save is the one that is charged. You can add others and choose."
            : "Cards are not accepted here yet: invoices are paid by bank transfer."}
        </EmptyState>
      ) : (
        <Table>
          <TableHeader>
            <TableRow>
              <TableHead>Card</TableHead>
              <TableHead>Expires</TableHead>
              <TableHead className="max-sm:hidden">Added</TableHead>
              <TableHead>
                <span className="sr-only">Actions</span>
              </TableHead>
            </TableRow>
          </TableHeader>
          <TableBody>
            {methods.map((method) => (
              <MethodRow key={method.id} method={method} canPay={canPay} now={now} />
            ))}
          </TableBody>
        </Table>
      )}
      {add ? <div className="mt-6">{add}</div> : null}
    </>
  );
}
