import { titleOfKey } from "@/components/shared/key-title";
import { Markdown } from "@/components/shared/markdown";
import { ReadValue } from "@/components/shared/read-value";
import { SourceList } from "@/components/shared/source-list";
import type { ShownField } from "@/lib/triggers/shown-result";

/** The fields a run gave: texts with their sources, and other values, all to read. The name of a single one says nothing. */
export function FormResult({ fields }: { fields: readonly ShownField[] }) {
  return (
    <section aria-label="Result" className="grid gap-5 border-t pt-6">
      {fields.map(({ key, text, sources, value }) => (
        <div key={key} className="grid min-w-0 gap-1.5">
          {fields.length > 1 ? <h2 className="font-semibold text-sm">{titleOfKey(key)}</h2> : null}
          {value === undefined ? null : <ReadValue value={value} />}
          {text ? <Markdown text={text} /> : null}
          {sources.length > 0 ? <SourceList sources={sources} /> : null}
        </div>
      ))}
    </section>
  );
}
