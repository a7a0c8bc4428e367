import { CursorPager } from "@/components/shared/data-table";
import { DateTime } from "@/components/shared/date-time";
import { FormDialog } from "@/components/shared/form-dialog";
import { StatusBadge } from "@/components/shared/status-badge";
import { ReasonField } from "@/components/shared/text-fields";
import { Badge } from "@/components/ui/badge";
import { Link } from "@/components/ui/link";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { UserRow } from "@/lib/admin/queries/people";
import type { Page } from "@/lib/paging";
import type { ServerAction } from "@/lib/result";
import { roleLabel } from "@/lib/team/role-names";

type UserAction = ServerAction<{ userId: string }>;

function stateOf(user: UserRow): string {
  if (!user.isActive) return "inactive";
  return user.isVerified ? "active" : "unverified";
}

export function UserTable({
  page,
  selfId,
  setActive,
  makeAdmin,
}: {
  page: Page<UserRow>;
  selfId: string | null;
  setActive: UserAction;
  makeAdmin: UserAction;
}) {
  return (
    <>
      <Table folds>
        <TableHeader>
          <TableRow>
            <TableHead>Person</TableHead>
            <TableHead>Tenant</TableHead>
            <TableHead>Role</TableHead>
            <TableHead>State</TableHead>
            <TableHead>Since</TableHead>
            <TableHead>
              <span className="sr-only">Actions</span>
            </TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {page.items.map((user) => (
            <TableRow key={user.id}>
              <TableCell className="min-w-44">
                <p className="font-medium">
                  {user.fullName} {user.id === selfId ? <Badge className="ml-1">You</Badge> : null}
                </p>
                <p className="wrap-anywhere text-[0.8125rem] text-muted-foreground">{user.email}</p>
              </TableCell>
              <TableCell label="Tenant" className="min-w-28">
                <Link href={`/admin/tenants/${user.tenantId}`} className="rounded-sm hover:underline">
                  {user.tenantName}
                </Link>
              </TableCell>
              <TableCell label="Role" className="whitespace-nowrap">
                {roleLabel(user.role)}
              </TableCell>
              <TableCell label="State">
                <StatusBadge status={stateOf(user)} />
              </TableCell>
              <TableCell label="Since">
                <DateTime value={user.createdAt} format="date" />
              </TableCell>
              <TableCell className="text-right">
                <div className="flex justify-end gap-2">
                  {user.role === "user" && user.isActive ? (
                    <AdminDialog user={user} makeAdmin={makeAdmin} />
                  ) : null}
                  {user.id === selfId ? null : <ActiveDialog user={user} setActive={setActive} />}
                </div>
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
      <CursorPager nextCursor={page.nextCursor} />
    </>
  );
}

/** For a workspace whose only admin has left. */
function AdminDialog({ user, makeAdmin }: { user: UserRow; makeAdmin: UserAction }) {
  return (
    <FormDialog
      label="Make admin"
      triggerLabel={`Make admin: ${user.fullName}`}
      size="sm"
      title={`Make ${user.fullName} an admin of ${user.tenantName}?`}
      description="They can then do everything there, including team, API keys, billing and settings. They are signed out once, and the workspace’s record says who did this and why."
      action={makeAdmin}
      hidden={{ userId: user.id }}
      submitLabel="Make admin"
      successMessage={`${user.fullName} is an admin of ${user.tenantName}.`}
    >
      <ReasonField />
    </FormDialog>
  );
}

function ActiveDialog({ user, setActive }: { user: UserRow; setActive: UserAction }) {
  const verb = user.isActive ? "Deactivate" : "Activate";
  return (
    <FormDialog
      label={verb}
      triggerLabel={`${verb} ${user.fullName}`}
      size="sm"
      title={`${verb} ${user.fullName}?`}
      description={
        user.isActive
          ? "They can no longer sign in, and their sessions end with their next request. What they made stays."
          : "They can sign in again."
      }
      action={setActive}
      hidden={{ userId: user.id, isActive: String(!user.isActive) }}
      submitLabel={verb}
      destructive={user.isActive}
      successMessage={
        user.isActive ? `${user.fullName} is deactivated.` : `${user.fullName} can sign in again.`
      }
    >
      <ReasonField />
    </FormDialog>
  );
}
