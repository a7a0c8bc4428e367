import type { Metadata } from "next";
import { cache } from "react";
import { LimitFields } from "@/components/admin/limit-fields";
import { TenantActions } from "@/components/admin/tenant-actions";
import { TenantMoney } from "@/components/admin/tenant-money";
import { TenantPeople } from "@/components/admin/tenant-people";
import { TenantSeller } from "@/components/admin/tenant-seller";
import { InvoiceTable } from "@/components/billing/invoice-table";
import { DateTime } from "@/components/shared/date-time";
import { FormDialog } from "@/components/shared/form-dialog";
import { KeyValueList } from "@/components/shared/key-value-list";
import { Money } from "@/components/shared/money";
import { PageHeader, SectionHeader } from "@/components/shared/page-header";
import { StatGrid, StatTile } from "@/components/shared/stat-tile";
import { TenantStatus } from "@/components/shared/tenant-status";
import { Alert } from "@/components/ui/alert";
import { Card, CardContent } from "@/components/ui/card";
import { findTenantLimits, type TenantLimits } from "@/lib/admin/queries/limits";
import { listHoldings, listPartnerNames } from "@/lib/admin/queries/partners";
import { listUsers } from "@/lib/admin/queries/people";
import { getTenant, type TenantDetail } from "@/lib/admin/queries/tenants";
import { listInvitationsOfTenant } from "@/lib/admin/tenant-people";
import { orNotFound } from "@/lib/auth/page";
import { requirePlatform } from "@/lib/auth/scope";
import { listAllInvoices } from "@/lib/billing/queries";
import { findTenantDebt } from "@/lib/dunning/admin-queries";
import { newId } from "@/lib/ids";
import { centsToMicros } from "@/lib/money";
import { listTenantCaps } from "@/lib/wallet/caps/queries";
import { getTenantWallet } from "@/lib/wallet/queries";
import { listTenantTransactions } from "@/lib/wallet/transactions";
import { setTenantLimitsAction } from "../../limits/actions";
import {
  grantPromoAction,
  handOverTenantAction,
  inviteTenantAdminAction,
  reactivateTenantAction,
  resendInvitationOfTenantAction,
  revokeInvitationOfTenantAction,
  setWalletTermsAction,
  startViewAsAction,
  suspendTenantAction,
} from "../actions";

type Params = Promise<{ tenantId: string }>;

const tenantOf = cache(async (id: string) => orNotFound(getTenant(await requirePlatform(), id)));

export async function generateMetadata({ params }: { params: Params }): Promise<Metadata> {
  return { title: (await tenantOf((await params).tenantId)).name };
}

const SHOWN_TRANSACTIONS = 10;

export default async function TenantPage({ params }: { params: Params }) {
  const scope = await requirePlatform();
  const tenant = await tenantOf((await params).tenantId);
  const debt = await findTenantDebt(scope, tenant.id);
  const people = await listUsers(scope, { tenantId: tenant.id });
  const invitations = tenant.isPartnersOwn ? null : await listInvitationsOfTenant(scope, tenant.id);
  const limits = await findTenantLimits(scope, tenant.id);
  const invoices = await listAllInvoices(scope, { tenantId: tenant.id });
  const wallet = await getTenantWallet(scope, tenant.id);
  const caps = await listTenantCaps(scope, tenant.id);
  const transactions = await listTenantTransactions(scope, { tenantId: tenant.id }, SHOWN_TRANSACTIONS);
  const holdings = await listHoldings(scope, tenant.id);
  const partners = await listPartnerNames(scope);
  return (
    <>
      <PageHeader
        title={tenant.name}
        breadcrumb={[{ label: "Tenants", href: "/admin/tenants" }, { label: tenant.name }]}
        badge={<TenantStatus status={tenant.status} dunningStage={tenant.dunningStage} />}
        actions={
          <>
            {limits ? <LimitsDialog tenant={tenant} limits={limits} /> : null}
            <TenantActions
              tenant={tenant}
              debt={debt}
              viewAs={startViewAsAction}
              suspend={suspendTenantAction}
              reactivate={reactivateTenantAction}
            />
          </>
        }
      />
      {tenant.suspendedReason ? (
        <Alert tone="warning" title="This workspace is suspended" className="mb-6">
          {tenant.suspendedReason}
        </Alert>
      ) : null}
      {debt?.graceUntil ? (
        <Alert tone="info" title="This workspace was given time to pay" className="mb-6">
          It owes <Money micros={centsToMicros(debt.dueCents)} />. What is not paid by{" "}
          <DateTime value={debt.graceUntil} /> is held against it again, as far as it had come.
        </Alert>
      ) : null}
      <div className="grid grid-cols-[minmax(0,1fr)] gap-8">
        <Figures tenant={tenant} />
        <TenantMoney
          tenant={tenant}
          wallet={wallet}
          caps={caps}
          transactions={transactions.items}
          requestKey={newId()}
          grant={grantPromoAction}
          setTerms={setWalletTermsAction}
        />
        <TenantSeller
          tenant={tenant}
          holdings={holdings}
          partners={partners}
          handOver={handOverTenantAction}
        />
        <TenantPeople
          tenant={tenant}
          people={people}
          invitations={invitations}
          invite={inviteTenantAdminAction}
          resend={resendInvitationOfTenantAction}
          revoke={revokeInvitationOfTenantAction}
        />
        <section>
          <SectionHeader title="Invoices" />
          {invoices.items.length === 0 ? (
            <p className="text-muted-foreground text-sm">
              The first one is made when a month with usage is closed.
            </p>
          ) : (
            <InvoiceTable page={invoices} hrefBase="/admin/invoices" now={new Date()} />
          )}
        </section>
      </div>
    </>
  );
}

function LimitsDialog({ tenant, limits }: { tenant: TenantDetail; limits: TenantLimits }) {
  return (
    <FormDialog
      label="Limits"
      title={`Limits of ${tenant.name}`}
      description="Instead of what its plan says. They hold from the next start on."
      action={setTenantLimitsAction}
      hidden={{ tenantId: tenant.id }}
      submitLabel="Save limits"
      successMessage="The limits are saved."
    >
      <LimitFields limits={limits} isOptional />
    </FormDialog>
  );
}

function Figures({ tenant }: { tenant: TenantDetail }) {
  const facts = [
    { label: "Id", value: <code className="font-mono text-[0.8125rem]">{tenant.id}</code> },
    { label: "Partner", value: tenant.partnerName ?? "None: a direct customer" },
    { label: "Plan", value: tenant.planName ?? "None" },
    { label: "Since", value: <DateTime value={tenant.createdAt} /> },
  ];
  return (
    <>
      <StatGrid>
        <StatTile
          label="Cost this month"
          value={<Money numeric={tenant.monthCost} />}
          href={`/admin/ledger?tenantId=${tenant.id}`}
        />
        <StatTile label="Cost in all" value={<Money numeric={tenant.totalCost} />} />
        <StatTile
          label="Runs today"
          value={tenant.runsToday}
          note={tenant.failedToday > 0 ? `${tenant.failedToday} failed` : "none failed"}
        />
        <StatTile label="Documents" value={tenant.documents} />
        <StatTile label="People" value={tenant.people} />
      </StatGrid>
      <Card>
        <CardContent className="py-2">
          <KeyValueList items={facts} />
        </CardContent>
      </Card>
    </>
  );
}
