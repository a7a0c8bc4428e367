import type { ReactNode } from "react";
import { cn } from "@/lib/cn";
import { readAnswer, readSources } from "@/lib/triggers/sources";
import { isRecord } from "@/lib/workflows/kind";
import { titleOfKey } from "./key-title";
import { Markdown } from "./markdown";
import { SourceList } from "./source-list";

/** More parts of one value, and what lies deeper, is for its JSON. */
const MOST_PARTS = 200;
const MOST_LEVELS = 4;
/** Up to these lengths a value stands beside its name: wherever it is shown, and where there is room. */
const WORD_CHARS = 14;
const SHORT_CHARS = 40;
/** Where a text has none of these, Markdown has nothing to do; a lone `-` or `1.` would be an empty list. */
const MARKS = /[\n*_`~[<]|https?:|www\./;

export type ReadValueProps = {
  value: unknown;
  /** What the parts are called, by their keys, where they have names of their own. */
  labels?: Readonly<Record<string, string>>;
  /** `answer`: texts are Markdown, as models write it. `given`: texts are shown sign by sign. */
  texts?: "answer" | "given";
  /** Whether the sources of an answer are told; not where they stand beside it. */
  hasSources?: boolean;
};

type Style = Required<Omit<ReadValueProps, "value">>;

/** A value for people who do not read JSON: its parts by name, texts as texts. */
export function ReadValue({ value, labels = {}, texts = "answer", hasSources = true }: ReadValueProps) {
  return (
    <div className="wrap-anywhere @container grid grid-cols-[minmax(0,1fr)] gap-3 text-sm leading-relaxed">
      <Value value={value} level={0} style={{ labels, texts, hasSources }} />
    </div>
  );
}

function Value({ value, level, style }: { value: unknown; level: number; style: Style }): ReactNode {
  if (typeof value === "string") return <Text text={value} texts={style.texts} />;
  if (typeof value !== "object" || value === null) return <Plain value={value} />;
  const sources = readSources(value);
  if (sources) return <SourceList sources={sources} />;
  const answer = isRecord(value) && Object.keys(value).length === 2 ? readAnswer(value) : null;
  if (answer)
    return (
      <>
        <Text text={answer.text} texts={style.texts} />
        {style.hasSources && answer.sources.length > 0 ? <SourceList sources={answer.sources} /> : null}
      </>
    );
  const parts = Object.entries(value);
  if (parts.length === 0) return <Nothing />;
  if (level > MOST_LEVELS) return <code className="font-mono text-xs">{JSON.stringify(value)}</code>;
  const shown = parts.slice(0, MOST_PARTS);
  return (
    <>
      {Array.isArray(value) ? (
        <Items items={shown} level={level} style={style} />
      ) : (
        <Fields fields={shown} level={level} style={style} />
      )}
      {parts.length > MOST_PARTS ? (
        <p className="text-muted-foreground text-xs">{parts.length - MOST_PARTS} more are not shown here.</p>
      ) : null}
    </>
  );
}

type PartsProps = { level: number; style: Style };

function Fields({ fields, level, style }: PartsProps & { fields: readonly [string, unknown][] }) {
  const [only] = fields;
  if (level === 0 && fields.length === 1 && only?.[0] === "text" && !style.labels.text)
    return <Value value={only[1]} level={level + 1} style={style} />;
  const label = (key: string) => (level === 0 && style.labels[key]) || titleOfKey(key);
  const names = fields.map(([key]) => label(key));
  return (
    <dl className="grid grid-cols-[minmax(0,1fr)] gap-3">
      {fields.map(([key, part], index) => {
        const name = names[index] ?? key;
        const isTwice = names.indexOf(name) !== names.lastIndexOf(name);
        const chars = lineLength(part);
        return (
          <div
            key={key}
            className={cn(
              "grid gap-x-4 gap-y-0.5",
              chars <= SHORT_CHARS && "@md:grid-cols-[minmax(6rem,1fr)_minmax(0,3fr)] items-baseline",
              chars <= WORD_CHARS && "grid-cols-[minmax(6rem,1fr)_minmax(0,2fr)]",
            )}
          >
            <dt className="font-medium text-muted-foreground text-xs">
              {isTwice ? `${name} (${key})` : name}
            </dt>
            <dd
              className={cn(
                "grid min-w-0 grid-cols-[minmax(0,1fr)] gap-2",
                isRecord(part) && isNested(part) && "border-l-2 pl-3",
              )}
            >
              <Value value={part} level={level + 1} style={style} />
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

function Items({ items, level, style }: PartsProps & { items: readonly [string, unknown][] }) {
  const isPlain = items.every(([, item]) => typeof item !== "object" || item === null);
  return (
    <ol className={cn("grid grid-cols-[minmax(0,1fr)]", isPlain ? "list-decimal gap-1 pl-6" : "gap-3")}>
      {items.map(([index, item]) => (
        <li key={index} className={cn("min-w-0", !isPlain && "grid gap-2 rounded-md border p-3")}>
          {isPlain ? null : (
            <span className="font-medium text-muted-foreground text-xs">{Number(index) + 1}</span>
          )}
          <Value value={item} level={level + 1} style={style} />
        </li>
      ))}
    </ol>
  );
}

function Text({ text, texts }: { text: string; texts: Style["texts"] }) {
  if (text.trim() === "") return <Nothing>empty</Nothing>;
  if (texts === "answer" && MARKS.test(text)) return <Markdown text={text} />;
  return (
    <span dir="auto" className="whitespace-pre-wrap">
      {text}
    </span>
  );
}

function Plain({ value }: { value: unknown }) {
  if (value === null || value === undefined) return <Nothing />;
  if (typeof value === "boolean") return value ? "Yes" : "No";
  return <span className="tabular">{String(value)}</span>;
}

function Nothing({ children = "none" }: { children?: string }) {
  return <span className="text-muted-foreground">{children}</span>;
}

/** The length of what stands in one line; of what does not, more than any line has. */
function lineLength(value: unknown): number {
  if (isNested(value) || String(value).includes("\n")) return Number.POSITIVE_INFINITY;
  return String(value).length;
}

function isNested(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length > 0;
}
