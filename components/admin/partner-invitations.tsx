import { InvitationList } from "@/components/accounts/invitation-list";
import { FormDialog } from "@/components/shared/form-dialog";
import { SectionHeader } from "@/components/shared/page-header";
import { EmailField } from "@/components/shared/text-fields";
import type { Invitation } from "@/lib/accounts/open-invitations";
import type { ServerAction } from "@/lib/result";

/** Who is invited into a partner's team, and a way in for one in which nobody is yet. */
export function PartnerInvitations({
  partner,
  invitations,
  invite,
  resend,
  revoke,
}: {
  partner: { id: string; name: string; people: number };
  invitations: readonly Invitation[];
  invite: ServerAction<{ id: string }>;
  resend: ServerAction<unknown>;
  revoke: ServerAction<unknown>;
}) {
  const about = { partnerId: partner.id };
  return (
    <section>
      <SectionHeader
        title="Team"
        description={teamWords(partner.people, invitations.length)}
        actions={
          <FormDialog
            label="Invite somebody"
            size="sm"
            title={`Invite somebody into the team of ${partner.name}`}
            description="They get a link by mail. It works once, for 7 days. They can then do everything in its console."
            action={invite}
            hidden={about}
            submitLabel="Send invitation"
            successMessage="The invitation is on its way."
          >
            <EmailField />
          </FormDialog>
        }
      />
      <InvitationList
        className="mt-4"
        invitations={invitations}
        about={about}
        resend={resend}
        revoke={revoke}
      />
    </section>
  );
}

function teamWords(people: number, open: number): string {
  if (people > 0) return "Its people invite each other; you can as well.";
  return open > 0
    ? "Nobody is in it yet: the invitation is still open."
    : "Nobody is in it, and no invitation is open. Nobody but you can invite somebody.";
}
