import { Link } from "@/components/ui/link";
import type { Citation } from "@/lib/agents/prompt";
import { passageHref } from "@/lib/knowledge/links";

/** Passages an answer is based on; each opens in its document. */
export function CitationList({ citations }: { citations: readonly Citation[] }) {
  return (
    <ol className="grid gap-2">
      {citations.map(({ number, documentId, chunkId, filename, page, excerpt }) => (
        <li key={chunkId}>
          <Link
            href={passageHref(documentId, chunkId)}
            className="block rounded-lg border px-3 py-2 transition-colors hover:bg-muted/60"
          >
            <span className="font-medium text-sm">
              [{number}] {filename}
              {page === null ? "" : `, page ${page}`}
            </span>
            <span className="line-clamp-2 text-muted-foreground text-xs">{excerpt}</span>
          </Link>
        </li>
      ))}
    </ol>
  );
}
