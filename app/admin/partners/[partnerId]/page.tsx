import type { Metadata } from "next";
import { cache } from "react";
import { PartnerCustomers } from "@/components/admin/partner-customers";
import { PartnerInvitations } from "@/components/admin/partner-invitations";
import { PartnerPromises } from "@/components/admin/partner-promises";
import { PartnerStatusDialog } from "@/components/admin/partner-status-dialog";
import { PriceAllowances } from "@/components/admin/price-allowances";
import { DateTime } from "@/components/shared/date-time";
import { Money } from "@/components/shared/money";
import { PageHeader } from "@/components/shared/page-header";
import { StatGrid, StatTile } from "@/components/shared/stat-tile";
import { StatusBadge } from "@/components/shared/status-badge";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import { listInvitationsOfPartner } from "@/lib/admin/partner-people";
import { getPartner, type PartnerDetail } from "@/lib/admin/queries/partners";
import { orNotFound } from "@/lib/auth/page";
import { requirePlatform } from "@/lib/auth/scope";
import { modelNames } from "@/lib/models/names";
import { getPromiseRoomOf } from "@/lib/payouts/promises";
import { listAllowances } from "@/lib/rates/allow";
import { listSystemRates } from "@/lib/rates/queries";
import {
  allowPriceAction,
  invitePartnerAdminAction,
  resendInvitationOfPartnerAction,
  revokeAllowanceAction,
  revokeInvitationOfPartnerAction,
  setPartnerStatusAction,
  setPromoAllowanceAction,
} from "../actions";

type Params = Promise<{ partnerId: string }>;

const partnerOf = cache(async (id: string) => orNotFound(getPartner(await requirePlatform(), id)));

export async function generateMetadata({ params }: { params: Params }): Promise<Metadata> {
  return { title: (await partnerOf((await params).partnerId)).name };
}

export default async function PartnerPage({ params }: { params: Params }) {
  const scope = await requirePlatform();
  const partner = await partnerOf((await params).partnerId);
  return (
    <>
      <PageHeader
        title={partner.name}
        breadcrumb={[{ label: "Partners", href: "/admin/partners" }, { label: partner.name }]}
        badge={<StatusBadge status={partner.status} />}
        actions={
          <>
            <Button asChild variant="outline" size="sm">
              <Link href={`/admin/payouts?partnerId=${partner.id}`}>Payouts</Link>
            </Button>
            <PartnerStatusDialog partner={partner} setStatus={setPartnerStatusAction} />
          </>
        }
      />
      {partner.status === "suspended" ? <Suspended partner={partner} /> : null}
      <div className="grid grid-cols-[minmax(0,1fr)] gap-8">
        <StatGrid>
          <StatTile
            label="Customers"
            value={partner.customers}
            note={partner.away > 0 ? `${partner.away} buy from the platform meanwhile` : "buy from it"}
          />
          <StatTile label="People" value={partner.people} />
          <StatTile label="Revenue this month" value={<Money numeric={partner.monthRevenue} />} />
          <StatTile label="Commission this month" value={<Money numeric={partner.monthCommission} />} />
        </StatGrid>
        <PartnerInvitations
          partner={partner}
          invitations={await listInvitationsOfPartner(scope, partner.id)}
          invite={invitePartnerAdminAction}
          resend={resendInvitationOfPartnerAction}
          revoke={revokeInvitationOfPartnerAction}
        />
        <PartnerCustomers partner={partner} />
        <PartnerPromises
          partner={partner}
          room={await getPromiseRoomOf(scope, partner.id)}
          setAllowance={setPromoAllowanceAction}
        />
        <PriceAllowances
          models={await modelNames(scope)}
          partner={partner}
          allowances={await listAllowances(scope, partner.id)}
          bases={(await listSystemRates(scope)).filter((rate) => rate.effectiveFrom <= new Date())}
          allow={allowPriceAction}
          revoke={revokeAllowanceAction}
        />
      </div>
    </>
  );
}

function Suspended({ partner: { suspendedAt, suspendedReason, away } }: { partner: PartnerDetail }) {
  return (
    <Alert tone="warning" title="This partner is suspended" className="mb-6">
      {suspendedAt ? (
        <>
          Since <DateTime value={suspendedAt} utc />
          {suspendedReason ? `: ${suspendedReason}` : ""}.{" "}
        </>
      ) : null}
      Its people can read and export, not change anything. Payouts are held.
      {away > 0
        ? ` ${away === 1 ? "One customer buys" : `${away} customers buy`} from the platform at the base prices until it is reactivated.`
        : ""}
    </Alert>
  );
}
