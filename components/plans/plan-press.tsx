"use client";

import { useState } from "react";
import { ActionButton } from "@/components/shared/action-button";
import type { Confirmation } from "@/components/shared/confirm-dialog";
import type { ButtonProps } from "@/components/ui/button";
import type { ServerAction } from "@/lib/result";

/** A press on the plan, which is done once however often it arrives. */
export function PlanPress({
  action,
  confirm,
  successMessage,
  children,
  ...props
}: {
  action: ServerAction<{ isReplay: boolean }>;
  confirm?: Confirmation;
  successMessage: string;
} & Pick<ButtonProps, "variant" | "size" | "children">) {
  const [requestKey, setRequestKey] = useState(() => crypto.randomUUID());
  return (
    <ActionButton
      action={action}
      input={{ requestKey }}
      successMessage={successMessage}
      onSuccess={() => setRequestKey(crypto.randomUUID())}
      {...(confirm ? { confirm } : {})}
      {...props}
    >
      {children}
    </ActionButton>
  );
}
