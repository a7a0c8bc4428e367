"use client";

import { Search } from "lucide-react";
import { type Ref, useState } from "react";
import { Input } from "@/components/ui/input";
import { cn } from "@/lib/cn";
import type { KindGroup, NodeKind } from "@/lib/workflows/kind";
import { NODE_KINDS } from "@/lib/workflows/nodes";
import { findKinds } from "./find-kinds";
import { NodeIcon } from "./node-icon";

/** The drag-and-drop type that carries the name of a kind onto the canvas. */
export const DRAG_TYPE = "application/x-hirebuddha-node";

const GROUPS: readonly { id: KindGroup; label: string }[] = [
  { id: "flow", label: "Start and end" },
  { id: "ai", label: "AI" },
  { id: "logic", label: "Logic" },
  { id: "data", label: "Data" },
  { id: "people", label: "People" },
];

/** Every kind of node: click or press Enter to add one after the chosen node or into the chosen connection, or drag it to a place. */
export function Palette({
  onAdd,
  hasInput,
  between,
  searchRef,
}: {
  onAdd: (kind: string) => void;
  hasInput: boolean;
  /** The nodes between which the next one goes, as words. */
  between: string | null;
  searchRef?: Ref<HTMLInputElement>;
}) {
  const [query, setQuery] = useState("");
  const offered = NODE_KINDS.filter(({ kind }) => !(hasInput && kind === "input"));
  const isSearch = query.trim() !== "";
  const found = findKinds(offered, query);
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="relative p-3 pb-2">
        <Search
          className="pointer-events-none absolute top-1/2 left-6 mt-0.5 size-4 -translate-y-1/2 text-muted-foreground"
          aria-hidden="true"
        />
        <Input
          ref={searchRef}
          type="search"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.ctrlKey || event.metaKey || !isSearch || !found[0]) return;
            onAdd(found[0].kind);
            setQuery("");
          }}
          placeholder="Search nodes"
          aria-label="Search nodes"
          className="h-8 pl-9"
        />
      </div>
      <p role="status" className={cn("wrap-anywhere px-4 pb-2 text-xs", !between && "sr-only")}>
        {between ? `Choose what goes between ${between}.` : ""}
      </p>
      <div className="scrollbar-thin min-h-0 flex-1 overflow-y-auto px-3 pb-3">
        {isSearch ? (
          <Group label="Best match first" kinds={found} onAdd={onAdd} />
        ) : (
          GROUPS.map(({ id, label }) => (
            <Group key={id} label={label} kinds={found.filter((kind) => kind.group === id)} onAdd={onAdd} />
          ))
        )}
        {found.length === 0 ? (
          <p className="px-1 py-4 text-muted-foreground text-sm">No kind of node matches “{query.trim()}”.</p>
        ) : null}
      </div>
    </div>
  );
}

function Group({
  label,
  kinds,
  onAdd,
}: {
  label: string;
  kinds: readonly NodeKind[];
  onAdd: (kind: string) => void;
}) {
  if (kinds.length === 0) return null;
  return (
    <section className="mb-3">
      <h2 className="px-1 pb-1.5 font-medium text-muted-foreground text-xs">{label}</h2>
      <ul className="grid gap-1">
        {kinds.map((kind) => (
          <li key={kind.kind}>
            <button
              type="button"
              draggable
              onDragStart={(event) => {
                event.dataTransfer.setData(DRAG_TYPE, kind.kind);
                event.dataTransfer.effectAllowed = "copy";
              }}
              onClick={() => onAdd(kind.kind)}
              title={kind.description}
              className="flex w-full items-center gap-2.5 rounded-lg border border-transparent p-1.5 text-left hover:border-border hover:bg-card"
            >
              <NodeIcon kind={kind.kind} />
              <span className="min-w-0">
                <span className="block font-medium text-sm leading-5">{kind.label}</span>
                <span className="line-clamp-2 text-muted-foreground text-xs leading-4">
                  {kind.description}
                </span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
