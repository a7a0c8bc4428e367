import { ArrowRight } from "lucide-react";
import { type FilterOption, FilterSelect } from "@/components/shared/filter-select";

/** One side of a comparison. A draft has no number. */
type Side = { readonly id: string; readonly version: number | null };

/** Two versions to choose, by `?from=` and `?to=`. An address may name versions of another page of the list. */
export function VersionPair({
  options,
  from,
  to,
}: {
  options: readonly FilterOption[];
  from: Side;
  to: Side;
}) {
  const elsewhere = [from, to]
    .filter(({ id }) => !options.some(({ value }) => value === id))
    .map(({ id, version }) => ({ value: id, label: `Version ${version}` }));
  const all = [...options, ...new Map(elsewhere.map((option) => [option.value, option])).values()];
  return (
    <div className="mb-4 flex flex-wrap items-center gap-2">
      <FilterSelect param="from" label="From" options={all} fallback={from.id} />
      <ArrowRight className="size-4 shrink-0 text-muted-foreground max-sm:hidden" aria-hidden="true" />
      <FilterSelect param="to" label="To" options={all} fallback={to.id} />
    </div>
  );
}
