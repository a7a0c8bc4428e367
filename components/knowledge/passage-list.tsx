import { Link2 } from "lucide-react";
import { PassageFocus } from "@/components/knowledge/passage-focus";
import { formatCount } from "@/components/shared/format";
import { Button } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import { cn } from "@/lib/cn";
import { documentHref, passageHref } from "@/lib/knowledge/links";
import type { PassagePage, PassageRow } from "@/lib/knowledge/queries";

/** A document's passages in order; the one that a citation points to is marked and scrolled to. */
export function PassageList({
  documentId,
  page,
  selected,
}: {
  documentId: string;
  page: PassagePage;
  selected: string | undefined;
}) {
  return (
    <div className="grid gap-3">
      {selected ? <PassageFocus passageId={selected} /> : null}
      <ol className="grid gap-3" start={page.from + 1}>
        {page.items.map((passage) => (
          <PassageCard
            key={passage.id}
            documentId={documentId}
            passage={passage}
            isSelected={passage.id === selected}
          />
        ))}
      </ol>
      <PassagePager documentId={documentId} page={page} />
    </div>
  );
}

function PassageCard({
  documentId,
  passage,
  isSelected,
}: {
  documentId: string;
  passage: PassageRow;
  isSelected: boolean;
}) {
  const place = [passage.page ? `page ${passage.page}` : "", passage.heading ?? ""]
    .filter(Boolean)
    .join(" · ");
  return (
    <li
      id={`passage-${passage.id}`}
      aria-current={isSelected ? "true" : undefined}
      tabIndex={-1}
      className={cn(
        "scroll-mt-24 rounded-lg border bg-card px-4 py-3",
        isSelected && "border-brand bg-brand-soft/60",
      )}
    >
      <div className="flex items-start justify-between gap-3">
        <p className="min-w-0 text-muted-foreground text-xs leading-6">
          <span className="tabular font-medium text-foreground">Passage {passage.position + 1}</span>
          {place ? ` · ${place}` : ""}
          {` · ${formatCount(passage.tokenCount)} tokens`}
          {isSelected ? <span className="font-medium text-brand"> · cited</span> : null}
        </p>
        <Button asChild variant="ghost" size="icon-sm" className="-my-1">
          <Link
            href={passageHref(documentId, passage.id)}
            aria-label={`Link to passage ${passage.position + 1}`}
          >
            <Link2 aria-hidden="true" />
          </Link>
        </Button>
      </div>
      <p className="wrap-anywhere mt-1 whitespace-pre-line text-sm leading-relaxed">{passage.text}</p>
    </li>
  );
}

function PassagePager({ documentId, page }: { documentId: string; page: PassagePage }) {
  const { from, limit, total } = page;
  if (total <= limit) return null;
  const pages = [
    { label: "Previous passages", at: from - limit, exists: from > 0 },
    { label: "Next passages", at: from + limit, exists: from + limit < total },
  ];
  return (
    <nav aria-label="Passages" className="flex flex-wrap items-center justify-between gap-2">
      <p className="tabular text-muted-foreground text-xs">
        {formatCount(from + 1)}–{formatCount(Math.min(from + limit, total))} of {formatCount(total)}
      </p>
      <div className="flex gap-2">
        {pages.map(({ label, at, exists }) =>
          exists ? (
            <Button key={label} asChild variant="outline" size="sm">
              <Link href={`${documentHref(documentId)}?from=${Math.max(0, at)}`}>{label}</Link>
            </Button>
          ) : null,
        )}
      </div>
    </nav>
  );
}
