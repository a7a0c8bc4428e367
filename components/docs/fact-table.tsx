import { CodeText } from "@/components/docs/code-text";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";

export type Fact = readonly [what: string, says: string];

/** Two columns: something, and what there is to say about it. `Backticks` mark code. */
export function FactTable({
  headings,
  facts,
  label,
}: {
  headings: readonly [string, string];
  facts: readonly Fact[];
  label: string;
}) {
  return (
    <div className="mt-3">
      <Table aria-label={label}>
        <TableHeader>
          <TableRow>
            {headings.map((heading) => (
              <TableHead key={heading}>{heading}</TableHead>
            ))}
          </TableRow>
        </TableHeader>
        <TableBody>
          {facts.map(([what, says]) => (
            <TableRow key={what}>
              <TableCell className="py-2 align-top sm:whitespace-nowrap">
                <CodeText text={what} />
              </TableCell>
              <TableCell className="min-w-56 py-2 align-top">
                <CodeText text={says} />
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </div>
  );
}
