import Form from "next/form";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { Label } from "@/components/ui/label";
import { Link } from "@/components/ui/link";
import { cn } from "@/lib/cn";
import type { UsageGroupBy, UsageInput, UsagePreset } from "@/lib/usage/input";

/** Which days; the address holds the choice, so that a link shows the same. */
export function RangeForm({
  range,
  presets,
  groupBy,
  error,
}: {
  range: UsageInput;
  presets: readonly UsagePreset[];
  groupBy: UsageGroupBy;
  error: string | null;
}) {
  return (
    <Form action="/app/usage" className="mb-6">
      {/* Keyed by what is shown, so that the fields follow a preset. */}
      <div key={`${range.from} ${range.to}`} className="flex flex-wrap items-end gap-3">
        <div className="grid gap-1.5">
          <Label htmlFor="usage-from">From</Label>
          <Input
            id="usage-from"
            type="date"
            name="from"
            defaultValue={range.from}
            required
            className="w-40"
          />
        </div>
        <div className="grid gap-1.5">
          <Label htmlFor="usage-to">To</Label>
          <Input id="usage-to" type="date" name="to" defaultValue={range.to} required className="w-40" />
        </div>
        <input type="hidden" name="by" value={groupBy} />
        <Button type="submit" variant="outline">
          Show
        </Button>
        <Presets range={range} presets={presets} groupBy={groupBy} />
      </div>
      {error ? (
        <p role="alert" className="mt-2 text-danger text-sm">
          {error} This month is shown instead.
        </p>
      ) : null}
    </Form>
  );
}

function Presets({
  range,
  presets,
  groupBy,
}: {
  range: UsageInput;
  presets: readonly UsagePreset[];
  groupBy: UsageGroupBy;
}) {
  return (
    <ul
      aria-label="Often asked for"
      className="flex flex-wrap gap-x-3 gap-y-1 text-sm sm:h-9 sm:items-center"
    >
      {presets.map(({ label, from, to }) => {
        const isShown = from === range.from && to === range.to;
        return (
          <li key={label}>
            <Link
              href={`/app/usage?from=${from}&to=${to}&by=${groupBy}`}
              scroll={false}
              aria-current={isShown ? "true" : undefined}
              className={cn(
                "rounded-sm text-muted-foreground hover:text-foreground hover:underline",
                isShown && "font-medium text-foreground",
              )}
            >
              {label}
            </Link>
          </li>
        );
      })}
    </ul>
  );
}
