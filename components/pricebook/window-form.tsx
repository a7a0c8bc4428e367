import Form from "next/form";
import { monthLabel } from "@/components/billing/month-fields";
import { Button } from "@/components/ui/button";
import { Label } from "@/components/ui/label";
import { NativeSelect } from "@/components/ui/native-select";
import { LAST_30_DAYS } from "@/lib/pricebook/window";

/** Against which usage a draft is held; the address has the choice. */
export function WindowForm({
  action,
  months,
  value,
}: {
  action: string;
  months: readonly string[];
  value: string;
}) {
  return (
    <Form action={action} className="mb-6 flex flex-wrap items-end gap-3">
      <div key={value} className="grid gap-1.5">
        <Label htmlFor="simulation-window">Usage of</Label>
        <NativeSelect id="simulation-window" name="window" defaultValue={value} className="w-44">
          {months.map((month) => (
            <option key={month} value={month}>
              {monthLabel(month)}
            </option>
          ))}
          <option value={LAST_30_DAYS}>The last 30 days</option>
        </NativeSelect>
      </div>
      <Button type="submit" variant="outline">
        Show
      </Button>
    </Form>
  );
}
