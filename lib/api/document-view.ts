import type { z } from "zod";
import type { DocumentSummary } from "@/lib/knowledge/queries";
import { stagePercent } from "@/lib/knowledge/stages";
import type { document } from "./operations/documents";

type Row = z.output<typeof document>;

/** A document as the API shows it. */
export function documentView(row: DocumentSummary): z.input<typeof document> {
  const { status, stage, format, errorMessage, chunksTotal } = row;
  return {
    ...row,
    // Stored as text; a constraint of the database keeps them to these.
    status: status as Row["status"],
    stage: stage as Row["stage"],
    format: format as Row["format"],
    progressPercent: stagePercent(row),
    passageCount: chunksTotal,
    error: errorMessage === null ? null : { message: errorMessage },
  };
}
