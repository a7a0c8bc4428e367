import type { Metadata } from "next";
import { UserTable } from "@/components/admin/user-table";
import { FilterSelect, Toolbar } from "@/components/shared/filter-select";
import { NothingFits } from "@/components/shared/nothing-fits";
import { PageHeader } from "@/components/shared/page-header";
import { SearchInput } from "@/components/shared/search-input";
import { Button } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import { listUsersInput } from "@/lib/admin/input";
import { listUsers } from "@/lib/admin/queries/people";
import { requirePlatform } from "@/lib/auth/scope";
import { readQuery, type SearchParams } from "@/lib/query";
import { roleLabel } from "@/lib/team/role-names";
import { makeTenantAdminAction, setUserActiveAction } from "./actions";

export const metadata: Metadata = { title: "Users" };

const ROLES = listUsersInput.shape.role
  .unwrap()
  .options.map((role) => ({ value: role, label: roleLabel(role) }));
const STATES = [
  { value: "active", label: "Active" },
  { value: "inactive", label: "Inactive" },
  { value: "unverified", label: "Not verified" },
];

export default async function UsersPage({ searchParams }: { searchParams: SearchParams }) {
  const scope = await requirePlatform();
  const input = await readQuery(searchParams, listUsersInput);
  const page = await listUsers(scope, input);
  return (
    <>
      <PageHeader title="Users" description="Everybody with an account, newest first." />
      <Toolbar>
        <SearchInput label="Name, e-mail or tenant" />
        <FilterSelect param="role" label="Role" allLabel="Every role" options={ROLES} />
        <FilterSelect param="state" label="State" allLabel="Every state" options={STATES} />
        {input.tenantId ? (
          <Button asChild variant="outline" size="sm">
            <Link href="/admin/users">Of every tenant</Link>
          </Button>
        ) : null}
      </Toolbar>
      {page.items.length === 0 ? (
        <NothingFits what="account" />
      ) : (
        <UserTable
          page={page}
          selfId={scope.actor.kind === "user" ? scope.actor.userId : null}
          setActive={setUserActiveAction}
          makeAdmin={makeTenantAdminAction}
        />
      )}
    </>
  );
}
