"use client";

import { type FormEvent, type ReactNode, useState } from "react";
import { ActionForm } from "@/components/shared/action-form";
import { hasUnsaved } from "@/components/ui/unsaved-store";
import type { ServerAction } from "@/lib/result";

const ID = "draft-prices";

/**
 * The form with the prices of a draft. What was changed elsewhere (a raise) is to be seen in the fields, so they are made
 * anew; after its own saving they stay, with what was typed since.
 */
export function PricesForm({
  draftId,
  updatedAt,
  save,
  children,
}: {
  draftId: string;
  /** When the draft was changed last, as it is shown. */
  updatedAt: string;
  save: ServerAction<void>;
  children: ReactNode;
}) {
  const [shown, setShown] = useState({ updatedAt, key: updatedAt, isOwn: false });
  if (shown.updatedAt !== updatedAt)
    setShown({ updatedAt, key: shown.isOwn ? shown.key : updatedAt, isOwn: false });
  return (
    <ActionForm
      guarded
      key={shown.key}
      id={ID}
      action={save}
      successMessage="The draft is saved."
      onSuccess={() => setShown((before) => ({ ...before, isOwn: true }))}
    >
      <input type="hidden" name="draftId" value={draftId} />
      <input type="hidden" name="updatedAt" value={updatedAt} />
      {children}
    </ActionForm>
  );
}

/**
 * Holds back what goes by the saved prices of a draft while others are typed and not saved: `hold` is told before a form
 * is sent, and `isBehind` says that it was held back.
 */
export function useSavedPrices(): { isBehind: boolean; hold: (event: FormEvent) => void } {
  const [isBehind, setBehind] = useState(false);
  function hold(event: FormEvent) {
    const isUnsaved = hasUnsaved(document.getElementById(ID));
    setBehind(isUnsaved);
    if (!isUnsaved) return;
    event.preventDefault();
    event.stopPropagation();
  }
  return { isBehind, hold };
}
