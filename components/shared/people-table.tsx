import { StatusBadge } from "@/components/shared/status-badge";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { roleLabel } from "@/lib/team/role-names";

type Person = { id: string; fullName: string; email: string; role: string; isActive: boolean };

/** The people of a workspace, to look at. */
export function PeopleTable({ people }: { people: readonly Person[] }) {
  return (
    <Table>
      <TableHeader>
        <TableRow>
          <TableHead>Name</TableHead>
          <TableHead>E-mail</TableHead>
          <TableHead>Role</TableHead>
          <TableHead>State</TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {people.map((person) => (
          <TableRow key={person.id}>
            <TableCell className="min-w-32 font-medium">{person.fullName}</TableCell>
            <TableCell>{person.email}</TableCell>
            <TableCell className="whitespace-nowrap">{roleLabel(person.role)}</TableCell>
            <TableCell>
              <StatusBadge status={person.isActive ? "active" : "inactive"} />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
