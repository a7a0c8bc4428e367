import { DateTime } from "@/components/shared/date-time";
import { Money } from "@/components/shared/money";
import { centsToMicros } from "@/lib/money";
import { CYCLE_UNITS } from "@/lib/plans/cycles";
import type { Preview } from "@/lib/subscriptions/queries";

const Cents = ({ cents }: { cents: string }) => <Money micros={centsToMicros(BigInt(cents))} />;

/** What choosing a plan does: the lines of the invoice, or the day on which it holds. */
export function PreviewText({ preview }: { preview: Preview }) {
  const unit = CYCLE_UNITS[preview.cycle];
  if (preview.kind === "same") return <p className="text-sm">This is the plan that you have.</p>;
  if (preview.kind === "later")
    return (
      <div className="grid gap-2 text-sm leading-relaxed">
        <p>
          It holds from <DateTime value={preview.at} format="date" utc /> (UTC), when what you have paid is
          over. Until then everything stays as it is, and you can take it back.
        </p>
        <p>
          Nothing is invoiced now. From then on it is <Cents cents={preview.feeCents} /> a {unit}, before tax,
          with <Money micros={preview.monthlyMicros} /> of usage each month.
        </p>
      </div>
    );
  return (
    <div className="grid gap-4 text-sm leading-relaxed">
      <dl className="grid gap-2 rounded-lg border px-4 py-3">
        {preview.lines.map((line) => (
          <Row key={line.description} label={line.description} cents={line.cents} />
        ))}
        {preview.taxCents === "0" ? null : <Row label={preview.taxNote ?? "Tax"} cents={preview.taxCents} />}
        <Row label="Invoiced now" cents={preview.totalCents} isTotal />
      </dl>
      {preview.taxCents === "0" && preview.taxNote ? (
        <p className="text-muted-foreground">{preview.taxNote}</p>
      ) : null}
      <p>
        {preview.voids ? `Invoice ${preview.voids} of the plan that you chose before is void then. ` : null}
        {preview.kind === "now" ? "It holds at once. " : "It begins now. "}
        {preview.allowanceMicros === "0" ? null : (
          <>
            <Money micros={preview.allowanceMicros} /> of usage {preview.kind === "now" ? "more " : ""}for
            this month is there{" "}
            {preview.totalCents === "0"
              ? "at once"
              : "once the invoice is paid, or at once if you pay afterwards"}
            .{" "}
          </>
        )}
        {preview.paidThrough ? (
          <>
            The next fee, <Cents cents={preview.feeCents} /> a {unit} before tax, is due on{" "}
            <DateTime value={preview.paidThrough} format="date" utc />.
          </>
        ) : null}
      </p>
    </div>
  );
}

function Row({ label, cents, isTotal = false }: { label: string; cents: string; isTotal?: boolean }) {
  return (
    <div
      className={`flex items-baseline justify-between gap-4 ${isTotal ? "border-t pt-2 font-medium" : ""}`}
    >
      <dt className="wrap-anywhere min-w-0">{label}</dt>
      <dd>
        <Cents cents={cents} />
      </dd>
    </div>
  );
}
