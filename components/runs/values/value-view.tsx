"use client";

import { Download, Search } from "lucide-react";
import { type ReactNode, useDeferredValue, useMemo, useState } from "react";
import { formatCount } from "@/components/shared/format";
import { useKeptFocus } from "@/components/shared/keep-focus";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { findInValue, type ShownValue } from "@/lib/runs/values";
import { ReadOrJson } from "./read-or-json";

const MOST_MATCHES = 100;

/** A value to look through, to search, and to save. `children` is what one reads of it; what is not shown whole has none. */
export function ValueView({
  title,
  shown,
  href,
  children,
}: {
  title: string;
  shown: ShownValue;
  href: string;
  children: ReactNode;
}) {
  const [whole, setWhole] = useState<{ value: unknown } | null>(
    shown.isWhole ? { value: shown.value } : null,
  );
  const [state, setState] = useState<"idle" | "loading" | "failed">("idle");
  const [query, setQuery] = useState("");
  const sought = useDeferredValue(query.trim());

  async function loadAll(): Promise<void> {
    setState("loading");
    try {
      const response = await fetch(href);
      if (!response.ok) throw new Error("refused");
      setWhole({ value: await response.json() });
      setState("idle");
    } catch {
      setState("failed");
    }
  }

  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-2">
      <div className="flex flex-wrap items-center justify-between gap-2">
        {whole ? (
          <div className="relative min-w-40 flex-1">
            <Search
              className="-translate-y-1/2 pointer-events-none absolute top-1/2 left-2.5 size-4 text-muted-foreground"
              aria-hidden="true"
            />
            <Input
              type="search"
              value={query}
              onChange={(event) => setQuery(event.target.value)}
              aria-label={`Search in ${title.toLowerCase()}`}
              placeholder={`Search in ${title.toLowerCase()}`}
              className="h-8 pl-8 text-sm"
            />
          </div>
        ) : (
          <span className="text-muted-foreground text-sm">Large: the beginning is shown</span>
        )}
        <span className="flex items-center gap-1">
          <Save href={`${href}&as=json&file=1`} label="JSON" title={title} />
          <Save href={`${href}&as=text&file=1`} label="Text" title={title} />
        </span>
      </div>
      {whole && sought ? <Matches value={whole.value} query={sought} /> : null}
      {whole && !sought ? (
        <ReadOrJson title={title} value={whole.value}>
          {children}
        </ReadOrJson>
      ) : null}
      {whole || shown.isWhole ? null : <Beginning shown={shown} state={state} onLoadAll={loadAll} />}
    </div>
  );
}

/** What is shown of a large value, and the way to all of it. */
function Beginning({
  shown,
  state,
  onLoadAll,
}: {
  shown: Extract<ShownValue, { isWhole: false }>;
  state: "idle" | "loading" | "failed";
  onLoadAll: () => void;
}) {
  const keepFocus = useKeptFocus();
  return (
    <>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached with the keyboard
        tabIndex={0}
        className="scrollbar-thin wrap-anywhere max-h-60 overflow-auto whitespace-pre-wrap rounded-lg border bg-muted/50 p-3 font-mono text-[0.8125rem]"
      >
        {shown.preview}…
      </pre>
      <Button
        variant="outline"
        size="sm"
        className="w-fit"
        loading={state === "loading"}
        onClick={(event) => {
          keepFocus(event.currentTarget);
          onLoadAll();
        }}
      >
        Show all {formatCount(shown.chars)} characters
      </Button>
      {state === "failed" ? (
        <p role="alert" className="text-danger text-sm">
          It could not be read. Try again, or save it as a file.
        </p>
      ) : null}
    </>
  );
}

function Save({ href, label, title }: { href: string; label: string; title: string }) {
  return (
    <Button asChild variant="ghost" size="sm">
      <a href={href} download aria-label={`Save ${title.toLowerCase()} as ${label}`}>
        <Download aria-hidden="true" />
        {label}
      </a>
    </Button>
  );
}

function Matches({ value, query }: { value: unknown; query: string }) {
  const matches = useMemo(() => findInValue(value, query, MOST_MATCHES), [value, query]);
  return (
    <div className="rounded-lg border bg-muted/50">
      <p role="status" className="border-b px-3 py-2 text-muted-foreground text-xs">
        {matches.length === MOST_MATCHES ? `The first ${MOST_MATCHES}` : formatCount(matches.length)}{" "}
        {matches.length === 1 ? "place" : "places"} with “{query}”
      </p>
      <ul
        aria-label="Places found"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached with the keyboard
        tabIndex={0}
        className="scrollbar-thin max-h-80 divide-y overflow-auto"
      >
        {matches.map(({ path, text }) => (
          <li key={path} className="px-3 py-2 text-sm">
            <span className="block font-mono text-muted-foreground text-xs">{path || "the value"}</span>
            <Marked text={text} query={query} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Marked({ text, query }: { text: string; query: string }) {
  const at = text.toLowerCase().indexOf(query.toLowerCase());
  if (at < 0) return <span className="wrap-anywhere">{text}</span>;
  return (
    <span className="wrap-anywhere">
      {text.slice(0, at)}
      <mark className="rounded-xs bg-brand-soft px-0.5 text-foreground">
        {text.slice(at, at + query.length)}
      </mark>
      {text.slice(at + query.length)}
    </span>
  );
}
