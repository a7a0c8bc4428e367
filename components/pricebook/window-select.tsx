"use client";

import { monthLabel } from "@/components/billing/month-fields";
import { useUrlState } from "@/components/shared/url-state";
import { Label } from "@/components/ui/label";
import { NativeSelect } from "@/components/ui/native-select";
import { LAST_30_DAYS } from "@/lib/pricebook/window";

/** Against which usage a draft is held; the address has the choice. A month of much usage takes its time. */
export function WindowSelect({ months, value }: { months: readonly string[]; value: string }) {
  const { get, set, pending } = useUrlState();
  return (
    <div className="mb-6 flex flex-wrap items-end gap-x-3 gap-y-2">
      <div className="grid gap-1.5">
        <Label htmlFor="simulation-window">Usage of</Label>
        <NativeSelect
          id="simulation-window"
          value={(pending && get("window")) || value}
          aria-busy={pending || undefined}
          onChange={(event) => set({ window: event.target.value })}
          className="w-44"
        >
          {months.map((month) => (
            <option key={month} value={month}>
              {monthLabel(month)}
            </option>
          ))}
          <option value={LAST_30_DAYS}>The last 30 days</option>
        </NativeSelect>
      </div>
      <p role="status" className="text-muted-foreground text-sm leading-9">
        {pending ? "Calculating…" : null}
      </p>
    </div>
  );
}
