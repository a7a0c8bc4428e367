import type { Metadata } from "next";
import { InvitationList } from "@/components/accounts/invitation-list";
import { ActionButton } from "@/components/shared/action-button";
import { DateTime } from "@/components/shared/date-time";
import { FormDialog } from "@/components/shared/form-dialog";
import { PageHeader } from "@/components/shared/page-header";
import { EmailField } from "@/components/shared/text-fields";
import { Avatar } from "@/components/ui/avatar";
import { Badge } from "@/components/ui/badge";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { requirePartner } from "@/lib/auth/scope";
import { listPartnerInvitations, listPartnerTeam, type PartnerMember } from "@/lib/partners/queries/team";
import {
  invitePartnerMemberAction,
  removePartnerMemberAction,
  resendPartnerInvitationAction,
  restorePartnerMemberAction,
  revokePartnerInvitationAction,
} from "./actions";

export const metadata: Metadata = { title: "Team" };

export default async function PartnerTeamPage() {
  const scope = await requirePartner();
  const members = await listPartnerTeam(scope);
  const invitations = scope.isSuspended ? [] : await listPartnerInvitations(scope);
  const selfId = scope.actor.kind === "user" ? scope.actor.userId : null;
  return (
    <>
      <PageHeader
        title="Team"
        description="Who works in this partner console. Everybody here may do everything here."
        actions={scope.isSuspended ? null : <Invite />}
      />
      <Table folds>
        <TableHeader>
          <TableRow>
            <TableHead>Person</TableHead>
            <TableHead>Since</TableHead>
            <TableHead>
              <span className="sr-only">Actions</span>
            </TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {members.map((member) => (
            <MemberRow
              key={member.id}
              member={member}
              isSelf={member.id === selfId}
              canManage={!scope.isSuspended}
            />
          ))}
        </TableBody>
      </Table>
      <InvitationList
        invitations={invitations}
        resend={resendPartnerInvitationAction}
        revoke={revokePartnerInvitationAction}
      />
    </>
  );
}

function Invite() {
  return (
    <FormDialog
      byAddress
      label="Invite"
      variant="default"
      title="Invite somebody into your team"
      description="They get a link by mail. It works once, for 7 days. They can then do everything you can do here."
      action={invitePartnerMemberAction}
      submitLabel="Send invitation"
      successMessage="The invitation is on its way."
    >
      <EmailField />
    </FormDialog>
  );
}

type Member = { member: PartnerMember; isSelf: boolean; canManage: boolean };

function MemberRow({ member, isSelf, canManage }: Member) {
  return (
    <TableRow>
      <TableCell>
        <div className="flex min-w-52 items-center gap-3">
          <Avatar name={member.fullName} />
          <div className="min-w-0">
            <p className="flex flex-wrap items-center gap-1.5 font-medium">
              {member.fullName}
              {isSelf ? <Badge>You</Badge> : null}
              {member.isContact ? <Badge tone="brand">Contact</Badge> : null}
            </p>
            <p className="wrap-anywhere text-[0.8125rem] text-muted-foreground">{member.email}</p>
          </div>
        </div>
      </TableCell>
      <TableCell label="Since">
        <span className="inline-flex flex-wrap items-center gap-1.5">
          {member.joinedAt ? <DateTime value={member.joinedAt} format="date" /> : <Badge>Removed</Badge>}
          {member.isStoppedByPlatform ? <Badge tone="danger">Deactivated by the platform</Badge> : null}
        </span>
      </TableCell>
      <TableCell className="text-right">
        {isSelf ||
        member.isContact ||
        !canManage ||
        (member.isStoppedByPlatform && !member.joinedAt) ? null : (
          <MemberAction member={member} />
        )}
      </TableCell>
    </TableRow>
  );
}

function MemberAction({ member: { id, fullName, joinedAt } }: { member: PartnerMember }) {
  if (!joinedAt)
    return (
      <ActionButton
        action={restorePartnerMemberAction}
        input={{ userId: id }}
        variant="outline"
        size="sm"
        aria-label={`Take back ${fullName}`}
        successMessage={`${fullName} can sign in again.`}
      >
        Take back
      </ActionButton>
    );
  return (
    <ActionButton
      action={removePartnerMemberAction}
      input={{ userId: id }}
      variant="outline"
      size="sm"
      aria-label={`Remove ${fullName}`}
      successMessage={`${fullName} is no longer in your team.`}
      confirm={{
        title: `Remove ${fullName}?`,
        description:
          "Their account is switched off and their sessions end at once. You can take them back later.",
        confirmLabel: "Remove",
        destructive: true,
      }}
    >
      Remove
    </ActionButton>
  );
}
