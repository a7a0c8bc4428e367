import { InvitationList } from "@/components/accounts/invitation-list";
import { FormDialog } from "@/components/shared/form-dialog";
import { SectionHeader } from "@/components/shared/page-header";
import { PeopleTable } from "@/components/shared/people-table";
import { EmailField } from "@/components/shared/text-fields";
import { Button } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import type { Invitation } from "@/lib/accounts/open-invitations";
import type { UserRow } from "@/lib/admin/queries/people";
import type { Page } from "@/lib/paging";
import type { ServerAction } from "@/lib/result";

/** Who is in a workspace, and a way in for an admin of one that has none any more. */
export function TenantPeople({
  tenant,
  people,
  invitations,
  invite,
  resend,
  revoke,
}: {
  tenant: { id: string; name: string };
  people: Page<UserRow>;
  /** Null for a partner's own workspace: into its team one is invited on the partner's page. */
  invitations: readonly Invitation[] | null;
  invite: ServerAction<{ id: string }>;
  resend: ServerAction<unknown>;
  revoke: ServerAction<unknown>;
}) {
  const about = { tenantId: tenant.id };
  return (
    <section>
      <SectionHeader
        title="People"
        actions={
          <>
            {people.items.length > 0 ? (
              <Button asChild variant="outline" size="sm">
                <Link href={`/admin/users?tenantId=${tenant.id}`}>
                  {people.nextCursor ? "All of them" : "Change them"}
                </Link>
              </Button>
            ) : null}
            {invitations ? (
              <FormDialog
                label="Invite an admin"
                size="sm"
                title={`Invite an admin of ${tenant.name}`}
                description="They get a link by mail. It works once, for 7 days."
                action={invite}
                hidden={about}
                submitLabel="Send invitation"
                successMessage="The invitation is on its way."
              >
                <EmailField />
              </FormDialog>
            ) : null}
          </>
        }
      />
      {people.items.length === 0 ? (
        <p className="text-muted-foreground text-sm">
          {invitations?.length === 0
            ? "Nobody yet, and no invitation is open."
            : "Nobody yet: the invitation is still open."}
        </p>
      ) : (
        <PeopleTable people={people.items} />
      )}
      <InvitationList
        className="mt-6"
        invitations={invitations ?? []}
        about={about}
        resend={resend}
        revoke={revoke}
      />
    </section>
  );
}
