import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { LanguageWord } from "@/lib/workflows/language-words";

/** The words of a language: how each is written, what it gives, and an example with its result. */
export function WordTable({ words, label }: { words: readonly LanguageWord[]; label: string }) {
  return (
    <div className="mt-3">
      <Table aria-label={label}>
        <TableHeader>
          <TableRow>
            {["What it gives", "Example"].map((heading) => (
              <TableHead key={heading}>{heading}</TableHead>
            ))}
          </TableRow>
        </TableHeader>
        <TableBody>
          {words.map(({ name, usage, says, example: [text, gives] }) => (
            <TableRow key={name}>
              <TableCell className="min-w-44 py-2.5 align-top">
                <code className="wrap-anywhere block font-mono text-[0.8125rem]">{usage}</code>
                <span className="mt-0.5 block text-muted-foreground">{says}</span>
              </TableCell>
              <TableCell className="min-w-44 w-1/2 py-2.5 align-top font-mono text-[0.8125rem]">
                <span className="wrap-anywhere block">{text}</span>
                <span className="wrap-anywhere block text-muted-foreground">
                  <span aria-hidden="true">→ </span>
                  <span className="sr-only">gives </span>
                  {typeof gives === "string" ? gives : JSON.stringify(gives)}
                </span>
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </div>
  );
}
