import type { ReactNode } from "react";
import { CodeBlock } from "@/components/shared/code-block";
import { CopyButton } from "@/components/shared/copy-button";

const OPEN_DEPTH = 2;
const MAX_ITEMS = 200;
const MAX_TEXT = 2000;

/** Any JSON value as a tree that folds. Text alone is shown as text. */
export function JsonView({ value, title }: { value: unknown; title?: string }) {
  if (typeof value === "string") return <CodeBlock code={value} title={title ?? "Text"} wrap />;
  return (
    <ValueFrame
      title={title ?? "JSON"}
      action={<CopyButton value={jsonOf(value)} label="Copy JSON" className="size-7" />}
    >
      <JsonTree value={value} />
    </ValueFrame>
  );
}

/** A value as it is copied. */
export function jsonOf(value: unknown): string {
  return JSON.stringify(value, null, 2) ?? "null";
}

/** The tree alone, for a frame that shows a value in other ways too. */
export function JsonTree({ value }: { value: unknown }) {
  return (
    <div className="font-mono text-[0.8125rem] leading-relaxed">
      <Branch value={value} depth={0} />
    </div>
  );
}

/** A value in its frame, with its name and what can be done with it. */
export function ValueFrame({
  title,
  action,
  children,
}: {
  title: string;
  action: ReactNode;
  children: ReactNode;
}) {
  return (
    <div className="overflow-hidden rounded-lg border bg-muted/50">
      <div className="flex h-9 items-center justify-between gap-2 border-b bg-muted/60 pr-1 pl-3">
        <span className="truncate font-medium text-muted-foreground text-xs">{title}</span>
        <span className="flex shrink-0 items-center gap-1">{action}</span>
      </div>
      <div
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached with the keyboard
        tabIndex={0}
        className="scrollbar-thin max-h-120 overflow-auto p-3"
      >
        {children}
      </div>
    </div>
  );
}

function Branch({ name, value, depth }: { name?: string; value: unknown; depth: number }) {
  if (typeof value !== "object" || value === null) return <Leaf name={name} value={value} />;
  const isList = Array.isArray(value);
  const entries = Object.entries(value);
  const size = isList ? `[${entries.length}]` : `{${entries.length}}`;
  if (entries.length === 0) return <Leaf name={name} value={isList ? [] : {}} />;
  return (
    <details open={depth < OPEN_DEPTH}>
      <summary className="min-h-6 w-fit min-w-6 rounded-sm py-0.5 marker:text-muted-foreground">
        <Name name={name} />
        <span className="text-muted-foreground">{size}</span>
      </summary>
      <div className="ml-1.5 border-l pl-3.5">
        {entries.slice(0, MAX_ITEMS).map(([key, item]) => (
          <Branch key={key} name={key} value={item} depth={depth + 1} />
        ))}
        {entries.length > MAX_ITEMS ? (
          <p className="text-muted-foreground">{entries.length - MAX_ITEMS} more: copy to see them</p>
        ) : null}
      </div>
    </details>
  );
}

function Leaf({ name, value }: { name: string | undefined; value: unknown }) {
  const text = JSON.stringify(value) ?? "undefined";
  return (
    <div className="whitespace-pre-wrap break-words">
      <Name name={name} />
      <span className={toneOf(value)}>{text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text}</span>
    </div>
  );
}

function Name({ name }: { name: string | undefined }) {
  return name === undefined ? null : <span className="text-muted-foreground">{name}: </span>;
}

function toneOf(value: unknown): string {
  if (typeof value === "string") return "text-success";
  if (typeof value === "number") return "text-info";
  if (typeof value === "boolean") return "text-brand";
  return "text-muted-foreground";
}
