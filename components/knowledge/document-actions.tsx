"use client";

import { Download, RotateCcw, Trash2 } from "lucide-react";
import { ActionButton } from "@/components/shared/action-button";
import { formatCount } from "@/components/shared/format";
import { Button } from "@/components/ui/button";
import { documentHref } from "@/lib/knowledge/links";
import type { ServerAction } from "@/lib/result";

function passagesLost(count: number): string {
  if (count === 1) return "Its passage: agents can no longer look it up";
  return `Its ${formatCount(count)} passages: agents can no longer look them up`;
}

const MOST_NAMES = 5;

function namesOf(all: readonly { name: string }[], what: string): string {
  const more = all.length - MOST_NAMES;
  const names = all.slice(0, MOST_NAMES).map(({ name }) => name);
  return new Intl.ListFormat("en").format(more > 0 ? [...names, `${more} more ${what}`] : names);
}

/** What can be done with one document; an action that is null is not offered. */
export function DocumentActions({
  document,
  agents,
  workflows,
  retryAction,
  deleteAction,
}: {
  document: { id: string; filename: string; status: string | null; chunksTotal: number };
  /** The agents that were given exactly this document. */
  agents: readonly { name: string }[];
  /** The workflows that search exactly this document. */
  workflows: readonly { name: string }[];
  retryAction: ServerAction<void> | null;
  deleteAction: ServerAction<void> | null;
}) {
  const input = { documentId: document.id };
  return (
    <>
      {document.status === "failed" && retryAction ? (
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
      {deleteAction ? (
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
              ...(document.chunksTotal > 0 ? [passagesLost(document.chunksTotal)] : []),
              ...(agents.length > 0
                ? [`What ${namesOf(agents, "agents")} answer from it: it was chosen for them`]
                : []),
              ...(workflows.length > 0
                ? [`What ${namesOf(workflows, "workflows")} find in it: it was chosen in their nodes`]
                : []),
              "Links from citations of earlier runs lead nowhere; the quoted text stays in the runs",
            ],
            confirmLabel: "Delete document",
            destructive: true,
          }}
        >
          <Trash2 aria-hidden="true" />
          Delete
        </ActionButton>
      ) : null}
    </>
  );
}
