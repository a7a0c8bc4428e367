"use client";

import { useState } from "react";
import { costOf, EXAMPLE_ENTRIES, type ExampleEntry } from "@/app/(site)/_components/example-run";
import { formatCount } from "@/components/shared/format";
import {
  Table,
  TableBody,
  TableCell,
  TableFooter,
  TableHead,
  TableHeader,
  TableRow,
} from "@/components/ui/table";
import { cn } from "@/lib/cn";
import { formatMicros, type Micros } from "@/lib/money";

type Viewer = "tenant" | "partner" | "platform";
type Column = { label: string; seenBy: readonly Viewer[]; amount: (entry: ExampleEntry) => Micros };

const customer = (entry: ExampleEntry) => costOf(entry.tokens, entry.customerRate);
const platform = (entry: ExampleEntry) => costOf(entry.tokens, entry.platformRate);

const COLUMNS: readonly Column[] = [
  { label: "Platform price", seenBy: ["partner", "platform"], amount: platform },
  {
    label: "Partner earns",
    seenBy: ["partner", "platform"],
    amount: (entry) => customer(entry) - platform(entry),
  },
  { label: "Customer pays", seenBy: ["tenant", "partner", "platform"], amount: customer },
];

const VIEWERS: readonly { value: Viewer; label: string }[] = [
  { value: "tenant", label: "Customer" },
  { value: "partner", label: "Partner" },
  { value: "platform", label: "Platform" },
];

/** The ledger rows of the drawn run, as each kind of reader sees them. */
export function LedgerExample() {
  const [viewer, setViewer] = useState<Viewer>("partner");
  return (
    <div className="grid gap-3">
      <ViewerChoice viewer={viewer} onChoose={setViewer} />
      <EntryTable columns={COLUMNS.filter((column) => column.seenBy.includes(viewer))} />
    </div>
  );
}

function ViewerChoice({ viewer, onChoose }: { viewer: Viewer; onChoose: (viewer: Viewer) => void }) {
  return (
    <fieldset className="flex flex-wrap items-center gap-2 text-sm">
      <legend className="sr-only">Who is looking</legend>
      <span className="text-muted-foreground" aria-hidden="true">
        Seen by
      </span>
      {VIEWERS.map(({ value, label }) => (
        <label
          key={value}
          className={cn(
            "relative cursor-pointer rounded-full border px-3 py-1 transition-colors has-focus-visible:outline-2 has-focus-visible:outline-ring has-focus-visible:outline-offset-2",
            viewer === value ? "border-brand/40 bg-brand-soft font-medium text-brand" : "hover:bg-accent",
          )}
        >
          <input
            type="radio"
            name="viewer"
            value={value}
            checked={viewer === value}
            onChange={() => onChoose(value)}
            className="sr-only"
          />
          {label}
        </label>
      ))}
    </fieldset>
  );
}

const exact = (amount: Micros) => formatMicros(amount, { exact: true });

function EntryTable({ columns }: { columns: readonly Column[] }) {
  return (
    <Table>
      <TableHeader>
        <TableRow>
          <TableHead>Metered</TableHead>
          <TableHead numeric>Quantity</TableHead>
          {columns.map(({ label }) => (
            <TableHead key={label} numeric>
              {label}
            </TableHead>
          ))}
        </TableRow>
      </TableHeader>
      <TableBody>
        {EXAMPLE_ENTRIES.map((entry) => (
          <TableRow key={entry.what}>
            <TableCell>
              <span className="block font-medium">{entry.what}</span>
              <span className="text-muted-foreground text-xs">{entry.node}</span>
            </TableCell>
            <TableCell numeric>{formatCount(entry.tokens)}</TableCell>
            {columns.map(({ label, amount }) => (
              <TableCell key={label} numeric>
                {exact(amount(entry))}
              </TableCell>
            ))}
          </TableRow>
        ))}
      </TableBody>
      <TableFooter>
        <TableRow>
          <TableCell colSpan={2}>This run</TableCell>
          {columns.map(({ label, amount }) => (
            <TableCell key={label} numeric>
              {exact(EXAMPLE_ENTRIES.reduce((sum, entry) => sum + amount(entry), 0n))}
            </TableCell>
          ))}
        </TableRow>
      </TableFooter>
    </Table>
  );
}
