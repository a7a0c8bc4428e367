"use client";

import { useVirtualizer } from "@tanstack/react-virtual";
import { type FocusEvent, type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import { cn } from "@/lib/cn";
import { TimeAxis, type Zoom } from "./axis";
import { GanttRow, ROW_HEIGHT } from "./gantt-row";
import { isOpen, pickCommand, type TreeCommand, treeCommand } from "./keyboard";
import { type TraceRow, type Wanted, windowKey } from "./rows";
import { type Span, viewOf } from "./segments";
import type { Shown } from "./use-trace";

const OVERSCAN_ROWS = 12;
/** What the server renders, before the window's size is known. */
const FIRST_RECT = { width: 800, height: 560 };

export type GanttProps = {
  readonly rows: readonly TraceRow[];
  readonly span: Span;
  readonly queue: Span;
  readonly nowMs: number;
  readonly zoom: Zoom;
  readonly selectedStepId: string | null;
  /** Where the list is scrolled to when it opens. */
  readonly firstIndex: number;
  readonly onSelect: (stepId: string) => void;
  readonly onToggle: (row: TraceRow) => void;
  readonly onShow: (shown: Shown) => void;
};

/** The rows of a trace as a tree that a keyboard walks: only those in sight are rendered, and read. */
export function Gantt({
  rows,
  span,
  zoom,
  selectedStepId,
  onSelect,
  onToggle,
  onShow,
  ...props
}: GanttProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [activeKey, setActiveKey] = useState(selectedStepId);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: OVERSCAN_ROWS,
    initialRect: FIRST_RECT,
    initialOffset: Math.max(0, props.firstIndex * ROW_HEIGHT - FIRST_RECT.height / 3),
  });
  const items = virtualizer.getVirtualItems();
  const view = viewOf(span, zoom.factor, zoom.at);

  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? -1;
  const shown = useMemo(() => windowsOf(rows.slice(first, last + 1)), [rows, first, last]);
  useEffect(() => onShow(shown), [shown, onShow]);

  // What the address names may be far down, or still be read: it is scrolled to once, when it is there.
  const [soughtKey, setSoughtKey] = useState(selectedStepId);
  const soughtIndex = soughtKey === null ? -1 : rows.findIndex((row) => row.key === soughtKey);
  useEffect(() => {
    if (soughtIndex < 0) return;
    virtualizer.scrollToIndex(soughtIndex, { align: "center" });
    setSoughtKey(null);
  }, [soughtIndex, virtualizer]);

  const activeIndex = Math.max(
    0,
    rows.findIndex((row) => row.key === activeKey),
  );
  const active = rows[activeIndex];
  const isActiveRendered = activeIndex >= first && activeIndex <= last;
  const obey = (command: TreeCommand) => {
    if (command.type === "move") {
      setActiveKey(rows[command.to]?.key ?? null);
      virtualizer.scrollToIndex(command.to, { align: "auto" });
    } else if (command.type === "toggle") onToggle(command.row);
    else if (command.row.type === "step") onSelect(command.row.step.id);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || event.altKey || event.ctrlKey || event.metaKey) return;
    const pageRows = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_HEIGHT) - 1);
    const command = treeCommand(event.key, rows, activeIndex, pageRows);
    if (!command) return;
    event.preventDefault();
    obey(command);
  };
  const toggle = (row: TraceRow) => {
    setActiveKey(row.key);
    onToggle(row);
  };
  return (
    <>
      <TimeAxis span={span} view={view} />
      <div
        ref={scroller}
        role="tree"
        tabIndex={0}
        aria-label="Steps of the run"
        aria-activedescendant={active && isActiveRendered ? rowId(active) : undefined}
        onKeyDown={onKeyDown}
        onFocus={keepKeys}
        className="scrollbar-thin group/tree relative max-h-[min(70dvh,46rem)] overflow-y-auto rounded-b-xl focus-visible:outline-2 focus-visible:outline-ring focus-visible:outline-offset-[-2px]"
      >
        <div className="relative w-full" style={{ height: virtualizer.getTotalSize() }} role="presentation">
          {items.map(({ index, start, key }) => {
            const row = rows[index];
            if (!row) return null;
            const pick = pickCommand(row);
            const isSelected = row.type === "step" && row.step.id === selectedStepId;
            return (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the tree takes the keys, for the row that is active
              <div
                key={key}
                id={rowId(row)}
                role="treeitem"
                tabIndex={-1}
                aria-level={row.level}
                aria-selected={isSelected}
                aria-expanded={isOpen(row) ?? undefined}
                onClick={() => {
                  setActiveKey(row.key);
                  if (pick) obey(pick);
                }}
                className={cn(
                  "absolute inset-x-0 top-0 border-b",
                  pick && "cursor-pointer transition-colors hover:bg-muted/60",
                  isSelected && "bg-brand-soft/60 hover:bg-brand-soft/60",
                  index === activeIndex &&
                    "group-focus-visible/tree:outline-2 group-focus-visible/tree:outline-ring group-focus-visible/tree:outline-offset-[-3px]",
                )}
                style={{ height: ROW_HEIGHT, transform: `translateY(${start}px)` }}
              >
                <GanttRow
                  row={row}
                  view={view}
                  nowMs={props.nowMs}
                  queue={props.queue}
                  isActive={index === activeIndex}
                  onToggle={toggle}
                />
              </div>
            );
          })}
        </div>
      </div>
    </>
  );
}

/** A row that was clicked does not take the keys from the tree; a link in it, which is walked to, does. */
function keepKeys({ target, currentTarget }: FocusEvent<HTMLElement>): void {
  if (target !== currentTarget && !(target instanceof HTMLAnchorElement))
    currentTarget.focus({ preventScroll: true });
}

function rowId(row: TraceRow): string {
  return `row-${row.key}`;
}

function windowsOf(rows: readonly TraceRow[]): Shown {
  const missing = new Map<string, Wanted>();
  const known = new Map<string, Wanted>();
  for (const row of rows) {
    if (row.type === "unread") missing.set(windowKey(row.window), row.window);
    else if (row.type === "step" || row.type === "part") known.set(windowKey(row.window), row.window);
  }
  return { missing: [...missing.values()], known: [...known.values()] };
}
