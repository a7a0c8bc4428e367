import { JsonView } from "@/components/shared/json-view";
import { Markdown } from "@/components/shared/markdown";

/** The fields a run gave: texts to read, other values as they are. The name of a single one says nothing. */
export function FormResult({ result }: { result: Readonly<Record<string, unknown>> }) {
  const entries = Object.entries(result);
  return (
    <section aria-label="Result" className="grid gap-5 border-t pt-6">
      {entries.map(([key, value]) => (
        <div key={key} className="grid min-w-0 gap-1.5">
          {entries.length > 1 ? <h2 className="font-semibold text-sm">{titleOf(key)}</h2> : null}
          {typeof value === "object" && value !== null ? (
            <JsonView value={value} title={titleOf(key)} />
          ) : (
            <Markdown text={value === null ? "None" : String(value)} />
          )}
        </div>
      ))}
    </section>
  );
}

function titleOf(key: string): string {
  const words = key.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
