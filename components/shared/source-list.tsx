import type { Source } from "@/lib/triggers/sources";

/** The documents that numbers in a text stand for. */
export function SourceList({ sources }: { sources: readonly Source[] }) {
  return (
    <div className="wrap-anywhere text-muted-foreground text-xs">
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
