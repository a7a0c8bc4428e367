import { Badge } from "@/components/ui/badge";
import { Link } from "@/components/ui/link";
import { passageHref } from "@/lib/knowledge/links";
import type { Passage } from "@/lib/knowledge/retrieve";

/** Search results, best first; each opens its place in the document. */
export function FoundPassages({ passages }: { passages: readonly Passage[] }) {
  if (passages.length === 0) {
    return (
      <p className="rounded-lg border border-dashed px-4 py-6 text-center text-muted-foreground text-sm">
        Nothing fits this question. Try the words that the document itself uses.
      </p>
    );
  }
  return (
    <ol className="grid gap-3">
      {passages.map((passage, index) => (
        <li key={passage.chunkId} className="rounded-lg border bg-card px-4 py-3">
          <div className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
            <Link
              href={passageHref(passage.documentId, passage.chunkId)}
              className="wrap-anywhere font-medium text-sm underline-offset-4 hover:underline"
            >
              {index + 1}. {passage.filename}
              {passage.page ? `, page ${passage.page}` : ""}
            </Link>
            <Scores passage={passage} />
          </div>
          {passage.heading ? <p className="mt-0.5 text-muted-foreground text-xs">{passage.heading}</p> : null}
          <p className="mt-1.5 line-clamp-4 text-sm leading-relaxed">{passage.text}</p>
        </li>
      ))}
    </ol>
  );
}

function Scores({ passage }: { passage: Passage }) {
  return (
    <span className="flex flex-wrap gap-1.5">
      <Badge tone="brand" title="Both rankings fused: compare within one answer only">
        Score {(passage.score * 100).toFixed(2)}
      </Badge>
      {passage.similarity === null ? null : (
        <Badge tone="outline" title="Cosine similarity of question and passage">
          Similarity {passage.similarity.toFixed(2)}
        </Badge>
      )}
      {passage.matchesWords ? <Badge tone="outline">Words match</Badge> : null}
    </span>
  );
}
