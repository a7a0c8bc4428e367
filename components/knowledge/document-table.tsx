import { DocumentStage } from "@/components/knowledge/document-stage";
import { FormatIcon, formatName } from "@/components/knowledge/format-icon";
import { CursorPager, RowLink } from "@/components/shared/data-table";
import { FileSize } from "@/components/shared/file-size";
import { formatCount } from "@/components/shared/format";
import { RelativeTime } from "@/components/shared/relative-time";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { documentHref } from "@/lib/knowledge/links";
import type { DocumentPage, DocumentSummary } from "@/lib/knowledge/queries";

/** One page of the workspace's documents. */
export function DocumentTable({ page }: { page: DocumentPage }) {
  return (
    <>
      <Table>
        <TableHeader>
          <tr>
            <TableHead>Document</TableHead>
            <TableHead>State</TableHead>
            <TableHead numeric className="hidden md:table-cell">
              Passages
            </TableHead>
            <TableHead numeric className="hidden md:table-cell">
              Size
            </TableHead>
            <TableHead className="hidden lg:table-cell">For</TableHead>
            <TableHead className="hidden sm:table-cell">Added</TableHead>
          </tr>
        </TableHeader>
        <TableBody>
          {page.items.map((document) => (
            <DocumentRow key={document.id} document={document} />
          ))}
        </TableBody>
      </Table>
      <CursorPager nextCursor={page.nextCursor} />
    </>
  );
}

function DocumentRow({ document }: { document: DocumentSummary }) {
  const { pageCount } = document;
  return (
    <TableRow>
      <TableCell className="max-w-80">
        <div className="flex items-center gap-3">
          <FormatIcon format={document.format} className="size-4.5 shrink-0 text-muted-foreground" />
          <div className="min-w-0">
            <RowLink href={documentHref(document.id)} className="wrap-anywhere line-clamp-2">
              {document.filename}
            </RowLink>
            <p className="text-muted-foreground text-xs">
              {formatName(document.format)}
              {pageCount ? ` · ${formatCount(pageCount)} ${pageCount === 1 ? "page" : "pages"}` : ""}
            </p>
          </div>
        </div>
      </TableCell>
      <TableCell>
        <DocumentStage document={document} />
      </TableCell>
      <TableCell numeric className="hidden md:table-cell">
        {document.status === "completed" ? formatCount(document.chunksTotal) : "–"}
      </TableCell>
      <TableCell numeric className="hidden md:table-cell">
        <FileSize bytes={document.sizeBytes} />
      </TableCell>
      <TableCell className="wrap-anywhere hidden min-w-28 text-muted-foreground lg:table-cell">
        {document.agentName ?? "Every agent"}
      </TableCell>
      <TableCell className="hidden text-muted-foreground sm:table-cell">
        <RelativeTime value={document.createdAt} />
      </TableCell>
    </TableRow>
  );
}
