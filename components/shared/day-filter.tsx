"use client";

import { useId } from "react";
import { useUrlState } from "@/components/shared/url-state";
import { Input } from "@/components/ui/input";

/** One end of a range of days, kept in the address. */
export function DayFilter({ param, label }: { param: "from" | "to"; label: string }) {
  const id = useId();
  const { get, set } = useUrlState();
  return (
    <div className="flex items-center gap-2">
      <label htmlFor={id} className="text-muted-foreground text-sm">
        {label}
      </label>
      <Input
        id={id}
        type="date"
        value={get(param)}
        onChange={(event) => set({ [param]: event.target.value })}
        className="w-auto"
      />
    </div>
  );
}
