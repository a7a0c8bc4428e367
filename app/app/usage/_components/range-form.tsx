import Form from "next/form";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { Label } from "@/components/ui/label";
import type { UsageGroupBy, UsageInput } from "@/lib/usage/input";

/** Which days; the address holds the choice, so that a link shows the same. */
export function RangeForm({
  range,
  groupBy,
  error,
}: {
  range: UsageInput;
  groupBy: UsageGroupBy;
  error: string | null;
}) {
  return (
    <Form action="/app/usage" className="mb-6">
      <div className="flex flex-wrap items-end gap-3">
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
      </div>
      {error ? (
        <p role="alert" className="mt-2 text-danger text-sm">
          {error} This month is shown instead.
        </p>
      ) : null}
    </Form>
  );
}
