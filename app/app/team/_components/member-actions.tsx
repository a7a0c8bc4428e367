"use client";

import { activateMemberAction, changeRoleAction, deactivateMemberAction } from "@/app/app/team/actions";
import { ActionButton } from "@/components/shared/action-button";

type Subject = { id: string; fullName: string; role: string; isActive: boolean };

/** What an admin can do about a member: change the role, take or give back access. */
export function MemberActions({ member }: { member: Subject }) {
  if (!member.isActive) {
    return (
      <ActionButton
        action={activateMemberAction}
        input={{ userId: member.id }}
        variant="outline"
        size="sm"
        aria-label={`Reactivate ${member.fullName}`}
        successMessage={`${member.fullName} can sign in again.`}
      >
        Reactivate
      </ActionButton>
    );
  }
  const isAdmin = member.role === "tenant_admin";
  const verb = isAdmin ? "Make member" : "Make admin";
  return (
    <div className="flex flex-wrap justify-end gap-2">
      <ActionButton
        action={changeRoleAction}
        input={{ userId: member.id, role: isAdmin ? "user" : "tenant_admin" }}
        variant="outline"
        size="sm"
        aria-label={`${verb}: ${member.fullName}`}
        successMessage={`The role of ${member.fullName} is changed.`}
        confirm={{
          title: isAdmin ? `Make ${member.fullName} a member?` : `Make ${member.fullName} an admin?`,
          description: isAdmin
            ? "They lose team, API keys, billing and settings. Their sessions end, and the API keys they made and the invitations they sent stop, so that it holds at once."
            : "They can then change everything here, including the team and API keys. Their sessions end, so that it holds at once.",
          confirmLabel: verb,
        }}
      >
        {verb}
      </ActionButton>
      <ActionButton
        action={deactivateMemberAction}
        input={{ userId: member.id }}
        variant="outline"
        size="sm"
        aria-label={`Deactivate ${member.fullName}`}
        successMessage={`${member.fullName} no longer has access.`}
        confirm={{
          title: `Deactivate ${member.fullName}?`,
          description:
            "Their sessions, the API keys they made and the invitations they sent stop at once. What they made stays, and schedules go on. What only they were asked to approve, admins are told of and can answer.",
          confirmLabel: "Deactivate",
          destructive: true,
        }}
      >
        Deactivate
      </ActionButton>
    </div>
  );
}
