import type { z } from "zod";
import type { DocumentSummary } from "@/lib/knowledge/queries";
import { documentWait, stagePercent } from "@/lib/knowledge/stages";
import { microsFromNumeric } from "@/lib/money";
import type { document } from "./operations/documents";

type Row = z.output<typeof document>;

/** A document as the API shows it. */
export function documentView(row: DocumentSummary): z.input<typeof document> {
  const { status, stage, format, errorMessage, chunksTotal } = row;
  const wait = documentWait(row);
  return {
    ...row,
    // Stored as text; a constraint of the database keeps them to these.
    status: status as Row["status"],
    stage: stage as Row["stage"],
    format: format as Row["format"],
    progressPercent: stagePercent(row),
    passageCount: chunksTotal,
    waitsFor: wait
      ? {
          kind: wait.kind,
          needed: String(microsFromNumeric(row.needed ?? "0")),
          message: wait.message,
        }
      : null,
    error: errorMessage === null ? null : { message: errorMessage },
  };
}
