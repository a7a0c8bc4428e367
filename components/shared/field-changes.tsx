import { ArrowRight } from "lucide-react";
import type { FieldChange } from "@/lib/changes/field";
import type { DiffLine } from "@/lib/changes/lines";
import { cn } from "@/lib/cn";

/** Settings that changed: what each was and is, long texts line by line. */
export function FieldChanges({ changes }: { changes: readonly FieldChange[] }) {
  return (
    <dl className="grid min-w-0 gap-2.5">
      {changes.map((field) => (
        <FieldItem key={field.label} field={field} />
      ))}
    </dl>
  );
}

function FieldItem({ field }: { field: FieldChange }) {
  return (
    <div className="min-w-0">
      <dt className="text-muted-foreground text-xs">{field.label}</dt>
      <dd className="mt-1 min-w-0">
        {field.lines ? (
          <Lines lines={field.lines} />
        ) : (
          <span className="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm">
            <Value text={field.before} was />
            <ArrowRight className="size-3.5 shrink-0 text-muted-foreground" aria-label="became" />
            <Value text={field.after} />
          </span>
        )}
      </dd>
    </div>
  );
}

function Value({ text, was = false }: { text: string | null; was?: boolean }) {
  if (text === null || text === "") return <span className="text-muted-foreground italic">nothing</span>;
  return (
    <span
      className={cn(
        "wrap-anywhere rounded-sm px-1 py-0.5",
        was ? "bg-danger-soft text-danger line-through" : "bg-success-soft text-success",
      )}
    >
      {text}
    </span>
  );
}

const SIGNS = { same: " ", added: "+", removed: "-" } as const;

function Lines({ lines }: { lines: readonly DiffLine[] }) {
  return (
    <section
      aria-label="Changed lines"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached with the keyboard
      tabIndex={0}
      className="scrollbar-thin max-h-80 overflow-y-auto rounded-md border bg-muted/30 font-mono text-xs leading-5"
    >
      {lines.map((line, index) =>
        line.kind === "gap" ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines of a text have no identity but their place
          <p key={index} className="px-2 py-0.5 text-muted-foreground italic">
            {line.count} unchanged {line.count === 1 ? "line" : "lines"}
          </p>
        ) : (
          <p
            // biome-ignore lint/suspicious/noArrayIndexKey: lines of a text have no identity but their place
            key={index}
            className={cn(
              "wrap-anywhere flex gap-2 whitespace-pre-wrap px-2",
              line.kind === "added" && "bg-success-soft text-success",
              line.kind === "removed" && "bg-danger-soft text-danger",
            )}
          >
            <span className="shrink-0 select-none">
              {SIGNS[line.kind]}
              {line.kind === "same" ? null : <span className="sr-only">{line.kind} line</span>}
            </span>
            <span className="min-w-0">{line.text || " "}</span>
          </p>
        ),
      )}
    </section>
  );
}
