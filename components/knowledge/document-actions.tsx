"use client";

import { Download, RotateCcw, Trash2 } from "lucide-react";
import { ActionButton } from "@/components/shared/action-button";
import { Button } from "@/components/ui/button";
import { documentHref } from "@/lib/knowledge/links";
import type { ServerAction } from "@/lib/result";

/** What can be done with one document. */
export function DocumentActions({
  document,
  retryAction,
  deleteAction,
}: {
  document: { id: string; filename: string; status: string | null; chunksTotal: number };
  retryAction: ServerAction<void>;
  deleteAction: ServerAction<void>;
}) {
  const input = { documentId: document.id };
  return (
    <>
      {document.status === "failed" ? (
        <ActionButton action={retryAction} input={input} successMessage="It is being read again.">
          <RotateCcw aria-hidden="true" />
          Try again
        </ActionButton>
      ) : null}
      <Button asChild variant="outline">
        <a href={`${documentHref(document.id)}/original`} download={document.filename}>
          <Download aria-hidden="true" />
          Original
        </a>
      </Button>
      <ActionButton
        variant="outline"
        action={deleteAction}
        input={input}
        successMessage="The document was deleted."
        successHref="/app/knowledge"
        confirm={{
          title: "Delete this document?",
          description: `“${document.filename}” cannot be brought back.`,
          losses: [
            "The original file",
            `Its ${document.chunksTotal} passages: agents can no longer look them up`,
            "Links from citations of earlier runs lead nowhere; the quoted text stays in the runs",
          ],
          confirmLabel: "Delete document",
          destructive: true,
        }}
      >
        <Trash2 aria-hidden="true" />
        Delete
      </ActionButton>
    </>
  );
}
