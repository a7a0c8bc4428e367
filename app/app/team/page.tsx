import type { Metadata } from "next";
import { InvitationList } from "@/components/accounts/invitation-list";
import { PageHeader } from "@/components/shared/page-header";
import { StatusBadge } from "@/components/shared/status-badge";
import { Avatar } from "@/components/ui/avatar";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { denial } from "@/lib/auth/authorize";
import { requireTenant } from "@/lib/auth/scope";
import { listInvitations, listMembers, type Member } from "@/lib/team/queries";
import { roleLabel } from "@/lib/team/role-names";
import { InviteDialog } from "./_components/invite-dialog";
import { MemberActions } from "./_components/member-actions";
import { resendInvitationAction, revokeInvitationAction } from "./actions";

export const metadata: Metadata = { title: "Team" };

function stateOf(member: Member): string {
  if (member.isStoppedByPlatform) return "stopped";
  if (!member.isActive) return "deactivated";
  return member.isVerified ? "active" : "unverified";
}

const STATE_LABELS: Readonly<Record<string, string>> = {
  active: "Active",
  deactivated: "Deactivated",
  stopped: "Deactivated by the platform",
  unverified: "E-mail not confirmed",
};

function MemberRow({ member, isSelf, canManage }: { member: Member; isSelf: boolean; canManage: boolean }) {
  const state = stateOf(member);
  const isManagedHere = member.role === "tenant_admin" || member.role === "user";
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-3 px-4 py-3.5">
      <Avatar name={member.fullName} />
      <div className="min-w-0 flex-1 basis-48">
        <p className="flex flex-wrap items-center gap-2 font-medium text-sm">
          <span className="wrap-anywhere min-w-0">{member.fullName}</span>
          {isSelf ? <Badge>You</Badge> : null}
        </p>
        <p className="wrap-anywhere text-[0.8125rem] text-muted-foreground">{member.email}</p>
      </div>
      <div className="flex items-center gap-2 sm:w-64">
        <Badge tone="outline">{roleLabel(member.role)}</Badge>
        <StatusBadge status={state} label={STATE_LABELS[state] ?? state} />
      </div>
      {canManage ? (
        <div className="flex sm:w-56 sm:justify-end">
          {isSelf || !isManagedHere || member.isStoppedByPlatform ? null : <MemberActions member={member} />}
        </div>
      ) : null}
    </li>
  );
}

export default async function TeamPage() {
  const scope = await requireTenant();
  const canManage = denial(scope, "team.manage") === null;
  const members = await listMembers(scope);
  const invitations = canManage ? await listInvitations(scope) : [];
  const selfId = scope.actor.kind === "user" ? scope.actor.userId : null;
  return (
    <>
      <PageHeader
        title="Team"
        description="Who works in this workspace. Admins invite people and decide what they may do."
        actions={canManage ? <InviteDialog /> : null}
      />
      <Card>
        <ul className="divide-y">
          {members.map((member) => (
            <MemberRow key={member.id} member={member} isSelf={member.id === selfId} canManage={canManage} />
          ))}
        </ul>
      </Card>
      <InvitationList
        invitations={invitations}
        resend={resendInvitationAction}
        revoke={revokeInvitationAction}
      />
    </>
  );
}
