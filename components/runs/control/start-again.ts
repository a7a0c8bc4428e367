"use client";

import { useRouter } from "next/navigation";
import { useRef, useState, useTransition } from "react";
import { isNavigation } from "@/components/shared/action-form";
import { pagePerson } from "@/components/shared/page-person";
import { sayDone } from "@/components/shared/say-done";
import { UNREACHABLE } from "@/components/shared/unreachable";
import { useIsLeft } from "@/components/shared/use-is-left";
import type { PublicError } from "@/lib/errors";
import type { ServerAction } from "@/lib/result";

/**
 * Starts a run from a dialog and opens its page. One key for as long as the dialog is open, so that a double click, or a
 * second try after a broken connection, starts one run. `pending` until the page of the run is there. Who has closed the
 * dialog meanwhile is offered that page.
 */
export function useStartAgain(action: ServerAction<{ executionId: string }>) {
  const router = useRouter();
  const key = useRef("");
  const isSending = useRef(false);
  const [isAsking, setAsking] = useState(false);
  const [isLeaving, startLeaving] = useTransition();
  const isLeft = useIsLeft();

  async function start(input: Readonly<Record<string, unknown>>): Promise<PublicError | null> {
    if (isSending.current) return null;
    isSending.current = true;
    setAsking(true);
    try {
      const result = await action(pagePerson(), { ...input, idempotencyKey: key.current });
      if (!result.ok) return result.error;
      const href = `/app/runs/${result.data.executionId}`;
      if (isLeft()) sayDone("The run has started.", href, router.push);
      else startLeaving(() => router.push(href));
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
