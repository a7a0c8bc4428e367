import { JsonView } from "@/components/shared/json-view";
import { Markdown } from "@/components/shared/markdown";
import type { ShownField } from "@/lib/triggers/shown-result";
import type { Source } from "@/lib/triggers/sources";

/** The fields a run gave: texts to read with their sources, other values as they are. The name of a single one says nothing. */
export function FormResult({ fields }: { fields: readonly ShownField[] }) {
  return (
    <section aria-label="Result" className="grid gap-5 border-t pt-6">
      {fields.map(({ key, text, sources, value }) => (
        <div key={key} className="grid min-w-0 gap-1.5">
          {fields.length > 1 ? <h2 className="font-semibold text-sm">{titleOf(key)}</h2> : null}
          {value === undefined ? null : <JsonView value={value} title={titleOf(key)} />}
          {text ? <Markdown text={text} /> : null}
          {sources.length > 0 ? <SourceList sources={sources} /> : null}
        </div>
      ))}
    </section>
  );
}

function SourceList({ sources }: { sources: readonly Source[] }) {
  return (
    <div className="wrap-anywhere mt-1.5 text-muted-foreground text-xs">
      <p className="font-medium">Sources</p>
      <ul>
        {sources.map(({ number, filename, page }) => (
          <li key={`${number} ${page} ${filename}`}>
            [{number}] {filename}
            {page === null ? "" : `, page ${page}`}
          </li>
        ))}
      </ul>
    </div>
  );
}

function titleOf(key: string): string {
  const words = key.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
