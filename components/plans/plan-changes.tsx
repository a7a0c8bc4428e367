import { DateTime } from "@/components/shared/date-time";
import { Link } from "@/components/ui/link";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { cn } from "@/lib/cn";
import { CYCLE_LABELS, cycleOf } from "@/lib/plans/cycles";
import type { ChangeView } from "@/lib/subscriptions/queries";

const KINDS: Readonly<Record<string, string>> = {
  start: "Begun",
  upgrade: "Raised",
  downgrade: "Lower plan asked for",
  cancel: "Cancelled",
  resume: "Kept after all",
  renew: "Renewed",
  end: "Ended",
};

/** A lower plan is asked for without an invoice; with one, that was taken back. Of the same plan only the cycle changes. */
function whatOf({ kind, invoiceId, fromPlan, toPlan, fromCycle, toCycle }: ChangeView): string {
  if (kind === "downgrade" && invoiceId) return "Raise taken back";
  const isSamePlan = fromPlan !== null && fromPlan === toPlan;
  const cycle = CYCLE_LABELS[cycleOf(toCycle)].toLowerCase();
  if (isSamePlan && kind === "upgrade") return `Changed to ${cycle}`;
  if (isSamePlan && kind === "downgrade") return `Change to ${cycle} asked for`;
  if (kind === "renew" && !isSamePlan) return "Changed as asked for";
  if (kind === "renew" && fromCycle !== toCycle) return `Changed to ${cycle}`;
  return KINDS[kind] ?? kind;
}

/** What a phone shows below what was done. */
const WIDE = "max-sm:hidden";

/** What was done with the plan. `names` are what plans are called, by key. */
export function PlanChanges({
  changes,
  names,
}: {
  changes: readonly ChangeView[];
  names: Readonly<Record<string, string>>;
}) {
  return (
    <Table>
      <TableHeader>
        <TableRow>
          <TableHead className={WIDE}>When (UTC)</TableHead>
          <TableHead>What</TableHead>
          <TableHead className={WIDE}>Plan</TableHead>
          <TableHead>Invoice</TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {changes.map((change) => {
          const key = change.toPlan ?? change.fromPlan ?? "";
          const cycle = change.toCycle ? `, ${CYCLE_LABELS[cycleOf(change.toCycle)].toLowerCase()}` : "";
          const plan = `${names[key] ?? key}${cycle}`;
          return (
            <TableRow key={change.id}>
              <TableCell className={WIDE}>
                <DateTime value={change.at} utc />
              </TableCell>
              <TableCell>
                <span className="block">{whatOf(change)}</span>
                <span className="wrap-anywhere block text-muted-foreground text-xs sm:hidden">
                  {plan}
                  <br />
                  <DateTime value={change.at} utc />
                </span>
              </TableCell>
              <TableCell className={cn("wrap-anywhere min-w-28", WIDE)}>{plan}</TableCell>
              <TableCell>
                {change.invoiceId ? (
                  <Link
                    href={`/app/billing/${change.invoiceId}`}
                    className="rounded-sm text-brand hover:underline"
                  >
                    Open
                  </Link>
                ) : null}
              </TableCell>
            </TableRow>
          );
        })}
      </TableBody>
    </Table>
  );
}
