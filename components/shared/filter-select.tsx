"use client";

import { useId } from "react";
import { useUrlState } from "@/components/shared/url-state";
import { NativeSelect } from "@/components/ui/native-select";
import { cn } from "@/lib/cn";

export type FilterOption = { value: string; label: string };

/** Narrows the list of the page by one parameter of the address. `allLabel` is the choice that removes it. */
export function FilterSelect({
  param,
  label,
  options,
  allLabel,
  fallback = "",
  className,
}: {
  param: string;
  label: string;
  options: readonly FilterOption[];
  /** Without it the filter always has a value and the first option is the default. */
  allLabel?: string;
  /** What is chosen while the address says nothing, when that is not the first option. */
  fallback?: string;
  className?: string;
}) {
  const id = useId();
  const { get, set, pending } = useUrlState();
  return (
    <div className={cn("w-full sm:w-auto sm:max-w-56", className)}>
      <label htmlFor={id} className="sr-only">
        {label}
      </label>
      <NativeSelect
        id={id}
        value={get(param) || fallback}
        aria-busy={pending || undefined}
        onChange={(event) => set({ [param]: event.target.value })}
      >
        {allLabel ? <option value="">{allLabel}</option> : null}
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </NativeSelect>
    </div>
  );
}

/** The line over a list that holds its search and filters. */
export function Toolbar({ children }: { children: React.ReactNode }) {
  return <div className="mb-4 flex flex-wrap items-center gap-2">{children}</div>;
}
