"use client";

import { useRouter } from "next/navigation";
import { useEffect, useSyncExternalStore } from "react";
import { type Confirmation, ConfirmDialog } from "@/components/shared/confirm-dialog";
import {
  askToLeave,
  hasUnsaved,
  isAskedToLeave,
  leaveUnsaved,
  stay,
  subscribeToLeaving,
} from "@/components/ui/unsaved-store";

const QUESTION: Confirmation = {
  title: "Discard your changes?",
  description: "What you changed here is not saved yet.",
  confirmLabel: "Discard changes",
  destructive: true,
};

/** Asks before changes are lost to a link, to the back button or to a dialog that closes. Mounted once. */
export function UnsavedQuestion() {
  const router = useRouter();
  const isAsked = useSyncExternalStore(subscribeToLeaving, isAskedToLeave, () => false);
  useAskedTravel();
  return (
    <ConfirmDialog
      open={isAsked}
      onOpenChange={(open) => {
        if (!open) stay();
      }}
      confirmation={QUESTION}
      pending={false}
      onConfirm={() => leaveUnsaved(router.push)}
    />
  );
}

/** The back and forward buttons ask too, and closing the window does in the browser's own words. */
function useAskedTravel(): void {
  useEffect(() => {
    function warn(event: BeforeUnloadEvent) {
      if (hasUnsaved()) event.preventDefault();
    }
    function travel(event: NavigateEvent) {
      const isBackOrForward = event.navigationType === "traverse" && event.cancelable;
      const isHere = new URL(event.destination.url).pathname === location.pathname;
      if (!isBackOrForward || isHere || !hasUnsaved()) return;
      event.preventDefault();
      const { key } = event.destination;
      askToLeave(() => void navigation.traverseTo(key));
    }
    // Browsers that do not know it leave at once on their back button.
    const travels = "navigation" in window ? window.navigation : null;
    window.addEventListener("beforeunload", warn);
    travels?.addEventListener("navigate", travel);
    return () => {
      window.removeEventListener("beforeunload", warn);
      travels?.removeEventListener("navigate", travel);
    };
  }, []);
}
