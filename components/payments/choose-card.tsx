"use client";

import { useState } from "react";
import { ActionButton } from "@/components/shared/action-button";
import type { ServerAction } from "@/lib/result";

/** Makes a card the one that is charged. One key for the button, so that two presses are one. */
export function ChooseCard({
  action,
  methodId,
  name,
}: {
  action: ServerAction<void>;
  methodId: string;
  name: string;
}) {
  const [requestKey, setRequestKey] = useState(() => crypto.randomUUID());
  return (
    <ActionButton
      action={action}
      input={{ methodId, requestKey }}
      onSuccess={() => setRequestKey(crypto.randomUUID())}
      successMessage="This card is charged from now on."
      variant="outline"
      size="sm"
      aria-label={`Use this one: ${name}`}
    >
      Use this one
    </ActionButton>
  );
}
