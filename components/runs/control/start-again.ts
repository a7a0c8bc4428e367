"use client";

import { useRouter } from "next/navigation";
import { useRef, useState, useTransition } from "react";
import { isNavigation } from "@/components/shared/action-form";
import { UNREACHABLE } from "@/components/shared/unreachable";
import type { PublicError } from "@/lib/errors";
import type { ServerAction } from "@/lib/result";

/**
 * Starts a run from a dialog and opens its page. One key for as long as the dialog is open, so that a double click, or a
 * second try after a broken connection, starts one run. `pending` until the page of the run is there.
 */
export function useStartAgain(action: ServerAction<{ executionId: string }>) {
  const router = useRouter();
  const key = useRef("");
  const isSending = useRef(false);
  const [isAsking, setAsking] = useState(false);
  const [isLeaving, startLeaving] = useTransition();

  async function start(input: Readonly<Record<string, unknown>>): Promise<PublicError | null> {
    if (isSending.current) return null;
    isSending.current = true;
    setAsking(true);
    try {
      const result = await action(null, { ...input, idempotencyKey: key.current });
      if (!result.ok) return result.error;
      startLeaving(() => router.push(`/app/runs/${result.data.executionId}`));
      return null;
    } catch (error) {
      if (isNavigation(error)) throw error;
      return UNREACHABLE;
    } finally {
      isSending.current = false;
      setAsking(false);
    }
  }

  /** A new request: after the dialog was opened, or what it asks for was changed. */
  function renew() {
    key.current = crypto.randomUUID();
  }

  return { start, renew, pending: isAsking || isLeaving };
}
