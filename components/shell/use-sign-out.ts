"use client";

import { useTransition } from "react";
import type { SignOut } from "@/components/shell/shell-frame";
import { toast } from "@/components/ui/toast";

/** Signs out once however often it is asked, and says so when it did not work. */
export function useSignOut(signOut: SignOut): { leave: () => void; leaving: boolean } {
  const [leaving, startTransition] = useTransition();
  function leave() {
    if (leaving) return;
    startTransition(async () => {
      const result = await signOut(null, {});
      if (result && !result.ok) toast.error(result.error.message);
    });
  }
  return { leave, leaving };
}
