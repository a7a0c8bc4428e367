"use client";

import { createContext, type ReactNode, useContext, useMemo, useState } from "react";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";

type Selection = {
  ids: readonly string[];
  selected: ReadonlySet<string>;
  toggle: (id: string) => void;
  setAll: (on: boolean) => void;
};

const SelectionContext = createContext<Selection | null>(null);

/** Remembers which rows of a list are ticked. `ids` are the rows on the page; ticks of rows that left are dropped. */
export function SelectionProvider({ ids, children }: { ids: readonly string[]; children: ReactNode }) {
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const selection = useMemo<Selection>(
    () => ({
      ids,
      selected: new Set(ids.filter((id) => ticked.has(id))),
      toggle: (id) => setTicked((before) => toggled(before, id)),
      setAll: (on) => setTicked(on ? new Set(ids) : new Set()),
    }),
    [ids, ticked],
  );
  return <SelectionContext value={selection}>{children}</SelectionContext>;
}

function toggled(before: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const after = new Set(before);
  if (!after.delete(id)) after.add(id);
  return after;
}

/** The ticked rows. Throws outside a `SelectionProvider`: that is a defect. */
export function useSelection(): Selection {
  const selection = useContext(SelectionContext);
  if (!selection) throw new Error("useSelection needs a SelectionProvider around it");
  return selection;
}

/** The box in the head of the table. */
export function SelectAll({ label = "Select all rows on this page" }: { label?: string }) {
  const { ids, selected, setAll } = useSelection();
  const state = selected.size === 0 ? false : selected.size === ids.length ? true : "indeterminate";
  return <Checkbox checked={state} onCheckedChange={(on) => setAll(on === true)} aria-label={label} />;
}

/** The box of one row. `label` says which. */
export function SelectRow({ id, label }: { id: string; label: string }) {
  const { selected, toggle } = useSelection();
  return (
    <Checkbox
      checked={selected.has(id)}
      onCheckedChange={() => toggle(id)}
      aria-label={`Select ${label}`}
      className="relative z-10"
    />
  );
}

/** What can be done with the ticked rows; appears once there are some. */
export function SelectionBar({ children }: { children: (ids: readonly string[]) => ReactNode }) {
  const { selected, setAll } = useSelection();
  if (selected.size === 0) return null;
  return (
    <section
      aria-label="Selected rows"
      className="sticky bottom-4 z-20 mx-auto mt-4 flex w-fit items-center gap-3 rounded-xl border bg-popover px-4 py-2.5 text-sm shadow-lg"
    >
      <span className="tabular font-medium">{selected.size} selected</span>
      {children([...selected])}
      <Button variant="ghost" size="sm" onClick={() => setAll(false)}>
        Clear
      </Button>
    </section>
  );
}
