"use client";

import { useTransition } from "react";
import { isNavigation } from "@/components/shared/action-form";
import { sayRefusal } from "@/components/shared/say-refusal";
import { UNREACHABLE } from "@/components/shared/unreachable";
import type { SignOut } from "@/components/shell/shell-frame";

/** Signs out once however often it is asked, and says so when it did not work. */
export function useSignOut(signOut: SignOut): { leave: () => void; leaving: boolean } {
  const [leaving, startTransition] = useTransition();
  function leave() {
    if (leaving) return;
    startTransition(async () => {
      try {
        // Whoever is signed in by now: who leaves a computer leaves nobody signed in.
        const result = await signOut(null, {});
        if (result && !result.ok) sayRefusal(result.error);
      } catch (error) {
        if (isNavigation(error)) throw error;
        sayRefusal(UNREACHABLE);
      }
    });
  }
  return { leave, leaving };
}
