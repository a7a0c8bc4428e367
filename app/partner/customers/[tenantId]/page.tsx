import type { Metadata } from "next";
import { cache } from "react";
import { InvitationList } from "@/components/accounts/invitation-list";
import { InvoiceTable } from "@/components/billing/invoice-table";
import { CustomerActions } from "@/components/partner/customer-actions";
import { CustomerMoney } from "@/components/partner/customer-money";
import { CustomerRuns } from "@/components/partner/customer-runs";
import { CustomerReasons, CustomerStates } from "@/components/partner/customer-states";
import { UsageTable } from "@/components/partner/usage-table";
import { FormDialog } from "@/components/shared/form-dialog";
import { Money } from "@/components/shared/money";
import { PageHeader, SectionHeader } from "@/components/shared/page-header";
import { PeopleTable } from "@/components/shared/people-table";
import { StatGrid, StatTile } from "@/components/shared/stat-tile";
import { EmailField } from "@/components/shared/text-fields";
import { orNotFound } from "@/lib/auth/page";
import { requirePartner } from "@/lib/auth/scope";
import { listCustomerInvoices } from "@/lib/billing/queries";
import { listDearestRuns } from "@/lib/billing/run-costs";
import { newId } from "@/lib/ids";
import { partnerModelNames } from "@/lib/models/names";
import { getCustomer, listCustomerInvitations } from "@/lib/partners/queries/customers";
import { getPromiseRoom } from "@/lib/payouts/promises";
import { getCustomerWallet } from "@/lib/wallet/queries";
import {
  grantCustomerPromoAction,
  inviteCustomerAdminAction,
  reactivateCustomerAction,
  renameCustomerAction,
  resendCustomerInvitationAction,
  revokeCustomerInvitationAction,
  suspendCustomerAction,
} from "../actions";

type Params = Promise<{ tenantId: string }>;

const customerOf = cache(async (id: string) => orNotFound(getCustomer(await requirePartner(), id)));

export async function generateMetadata({ params }: { params: Params }): Promise<Metadata> {
  return { title: (await customerOf((await params).tenantId)).name };
}

export default async function CustomerPage({ params }: { params: Params }) {
  const scope = await requirePartner();
  const customer = await customerOf((await params).tenantId);
  const invitations = scope.isSuspended ? [] : await listCustomerInvitations(scope, customer.id);
  const runs = await listDearestRuns(scope, customer.id);
  const wallet = await getCustomerWallet(scope, customer.id);
  const room = await getPromiseRoom(scope);
  const invoices = await listCustomerInvoices(scope, { tenantId: customer.id });
  return (
    <>
      <PageHeader
        title={customer.name}
        breadcrumb={[{ label: "Customers", href: "/partner/customers" }, { label: customer.name }]}
        badge={<CustomerStates states={customer.states} />}
        actions={
          <CustomerActions
            customer={customer}
            rename={renameCustomerAction}
            suspend={suspendCustomerAction}
            reactivate={reactivateCustomerAction}
          />
        }
      />
      <CustomerReasons states={customer.states} />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-8">
        <StatGrid>
          <StatTile label="Revenue this month" value={<Money numeric={customer.monthRevenue} />} />
          <StatTile label="Margin this month" value={<Money numeric={customer.monthCommission} />} />
          <StatTile label="People" value={customer.people} />
          <StatTile label="Plan" value={customer.planName ?? "None"} />
        </StatGrid>
        <CustomerMoney
          customer={customer}
          wallet={wallet}
          room={room}
          requestKey={newId()}
          grant={grantCustomerPromoAction}
        />
        <section>
          <SectionHeader title="Usage this month" description="At the base prices and at yours, in UTC." />
          {customer.usage.length === 0 ? <Nothing>Nothing was used this month yet.</Nothing> : null}
          {customer.usage.length > 0 ? (
            <UsageTable usage={customer.usage} models={await partnerModelNames(scope)} />
          ) : null}
        </section>
        {runs.length > 0 ? (
          <section>
            <SectionHeader
              title="Dearest runs this month"
              description="What each cost you and the customer, in UTC. What they worked on stays with the customer."
            />
            <CustomerRuns runs={runs} />
          </section>
        ) : null}
        <section>
          <SectionHeader
            title="Team"
            actions={
              <FormDialog
                label="Invite an admin"
                size="sm"
                title={`Invite an admin of ${customer.name}`}
                description="They get a link by mail. It works once, for 7 days."
                action={inviteCustomerAdminAction}
                hidden={{ tenantId: customer.id }}
                submitLabel="Send invitation"
                successMessage="The invitation is on its way."
              >
                <EmailField />
              </FormDialog>
            }
          />
          {customer.team.length === 0 ? (
            <Nothing>
              {invitations.length > 0
                ? "Nobody yet: the invitation is still open."
                : "Nobody yet, and no invitation is open. Invite an admin."}
            </Nothing>
          ) : (
            <PeopleTable people={customer.team} />
          )}
          <InvitationList
            className="mt-6"
            invitations={invitations}
            about={{ tenantId: customer.id }}
            resend={resendCustomerInvitationAction}
            revoke={revokeCustomerInvitationAction}
          />
        </section>
        <section>
          <SectionHeader title="Invoices" />
          {invoices.items.length === 0 ? (
            <Nothing>The first invoice is made when a month with usage is over.</Nothing>
          ) : (
            <InvoiceTable page={invoices} hrefBase="/partner/invoices" now={new Date()} />
          )}
        </section>
      </div>
    </>
  );
}

function Nothing({ children }: { children: string }) {
  return (
    <p className="rounded-lg border border-dashed px-4 py-6 text-muted-foreground text-sm">{children}</p>
  );
}
