import { StatusBadge } from "@/components/shared/status-badge";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { cn } from "@/lib/cn";
import { roleLabel } from "@/lib/team/role-names";

type Person = { id: string; fullName: string; email: string; role: string; isActive: boolean };

/** What a phone shows below the name. */
const WIDE = "max-sm:hidden";

/** The people of a workspace, to look at. */
export function PeopleTable({ people }: { people: readonly Person[] }) {
  return (
    <Table>
      <TableHeader>
        <TableRow>
          <TableHead>Name</TableHead>
          <TableHead className={WIDE}>E-mail</TableHead>
          <TableHead className={WIDE}>Role</TableHead>
          <TableHead>State</TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {people.map((person) => (
          <TableRow key={person.id}>
            <TableCell className="wrap-anywhere font-medium sm:min-w-32">
              {person.fullName}
              <span className="block font-normal text-muted-foreground text-xs sm:hidden">
                {person.email}, {roleLabel(person.role)}
              </span>
            </TableCell>
            <TableCell className={cn("wrap-anywhere", WIDE)}>{person.email}</TableCell>
            <TableCell className={cn("whitespace-nowrap", WIDE)}>{roleLabel(person.role)}</TableCell>
            <TableCell>
              <StatusBadge status={person.isActive ? "active" : "inactive"} />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
