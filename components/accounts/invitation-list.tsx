import { Mail } from "lucide-react";
import { OutboxHint } from "@/components/accounts/outbox-hint";
import { ActionButton } from "@/components/shared/action-button";
import { SectionHeader } from "@/components/shared/page-header";
import { RelativeTime } from "@/components/shared/relative-time";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import type { Invitation } from "@/lib/accounts/open-invitations";
import { hasOutboxPage } from "@/lib/email/outbox";
import type { ServerAction } from "@/lib/result";
import { roleLabel } from "@/lib/team/role-names";

type Props = {
  invitations: readonly Invitation[];
  resend: ServerAction<unknown>;
  revoke: ServerAction<unknown>;
  /** What the actions are told beside the invitation. */
  about?: Readonly<Record<string, string>>;
  className?: string;
};

/** Invitations nobody has accepted yet. */
export function InvitationList({ invitations, resend, revoke, about = {}, className = "mt-8" }: Props) {
  if (invitations.length === 0) return null;
  return (
    <section className={className}>
      <SectionHeader title="Open invitations" />
      <Card className="divide-y">
        {invitations.map((invitation) => (
          <div key={invitation.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
            <Mail className="size-4.5 shrink-0 text-muted-foreground" aria-hidden="true" />
            <div className="min-w-0 flex-1 basis-56">
              <p className="wrap-anywhere font-medium text-sm">
                {invitation.email} <Badge className="ml-1">{roleLabel(invitation.role)}</Badge>
              </p>
              <p className="text-[0.8125rem] text-muted-foreground">
                sent <RelativeTime value={invitation.createdAt} />, ends{" "}
                <RelativeTime value={invitation.expiresAt} />
              </p>
            </div>
            <div className="flex gap-2">
              <ActionButton
                action={resend}
                input={{ ...about, invitationId: invitation.id }}
                variant="outline"
                size="sm"
                aria-label={`Send again: ${invitation.email}`}
                successMessage="Sent again. The earlier link stopped working."
              >
                Send again
              </ActionButton>
              <ActionButton
                action={revoke}
                input={{ ...about, invitationId: invitation.id }}
                variant="outline"
                size="sm"
                aria-label={`Withdraw: ${invitation.email}`}
                successMessage="The invitation is withdrawn."
              >
                Withdraw
              </ActionButton>
            </div>
          </div>
        ))}
      </Card>
      {hasOutboxPage() ? (
        <div className="mt-4">
          <OutboxHint />
        </div>
      ) : null}
    </section>
  );
}
