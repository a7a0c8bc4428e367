import { ActionButton } from "@/components/shared/action-button";
import type { DraftView } from "@/lib/pricebook/queries/drafts";
import type { ServerAction } from "@/lib/result";

/** Throws a draft away, once that was confirmed. */
export function DeleteDraft({
  draft,
  remove,
  href,
}: {
  draft: DraftView;
  remove: ServerAction<void>;
  href: string;
}) {
  return (
    <ActionButton
      action={remove}
      input={{ draftId: draft.id }}
      variant="outline"
      successHref={href}
      successMessage="The draft is deleted."
      confirm={{
        title: `Delete the draft ${draft.name}?`,
        description: "Its prices are thrown away. Prices in force stay as they are.",
        confirmLabel: "Delete",
        destructive: true,
      }}
    >
      Delete
    </ActionButton>
  );
}
