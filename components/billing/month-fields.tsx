import Form from "next/form";
import { Button } from "@/components/ui/button";
import { Label } from "@/components/ui/label";
import { NativeSelect } from "@/components/ui/native-select";
import { parseMonth } from "@/lib/billing/period";
import { monthInWords } from "@/lib/day";

/** `2026-11` as `November 2026`. */
export function monthLabel(month: string): string {
  const period = parseMonth(month);
  return period ? monthInWords(period.start) : month;
}

export function MonthOptions({ months }: { months: readonly string[] }) {
  return months.map((month) => (
    <option key={month} value={month}>
      {monthLabel(month)}
    </option>
  ));
}

type MonthChoice = { name: string; label: string; value: string };

/** Which months a page shows; the address holds the choice, so that a link shows the same. */
export function MonthForm({
  action,
  months,
  choices,
  error,
}: {
  action: string;
  months: readonly string[];
  choices: readonly MonthChoice[];
  error?: string | null;
}) {
  return (
    <Form action={action} className="mb-6">
      <div className="flex flex-wrap items-end gap-3">
        {choices.map(({ name, label, value }) => (
          <div key={`${name}-${value}`} className="grid gap-1.5">
            <Label htmlFor={`month-${name}`}>{label}</Label>
            <NativeSelect id={`month-${name}`} name={name} defaultValue={value} className="w-48">
              <MonthOptions months={months.includes(value) ? months : [value, ...months]} />
            </NativeSelect>
          </div>
        ))}
        <Button type="submit" variant="outline">
          Show
        </Button>
      </div>
      {error ? (
        <p role="alert" className="mt-2 text-danger text-sm">
          {error}
        </p>
      ) : null}
    </Form>
  );
}
