"use client";

import { useRouter } from "next/navigation";
import { type MouseEvent, useState, useTransition } from "react";
import { isNavigation } from "@/components/shared/action-form";
import { type Confirmation, ConfirmDialog } from "@/components/shared/confirm-dialog";
import { useKeptFocus } from "@/components/shared/keep-focus";
import { pagePerson } from "@/components/shared/page-person";
import { sayRefusal } from "@/components/shared/say-refusal";
import { rememberPage } from "@/components/shared/seen";
import { UNREACHABLE } from "@/components/shared/unreachable";
import { Button, type ButtonProps } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import type { PublicError } from "@/lib/errors";
import type { ActionResult, ServerAction } from "@/lib/result";

export type ActionButtonProps<T> = Omit<ButtonProps, "onClick" | "loading" | "asChild" | "type"> & {
  action: ServerAction<T>;
  input: unknown;
  /** Asks first. */
  confirm?: Confirmation;
  successMessage?: string;
  /** Where to go when it worked, from the same page. What the server shows is read again either way. */
  successHref?: string;
  onSuccess?: (data: T) => void;
};

/** One press, one server action: pending state, a question first if needed, and a toast for how it went. */
export function ActionButton<T>({
  action,
  input,
  confirm,
  successMessage,
  successHref,
  onSuccess,
  children,
  ...props
}: ActionButtonProps<T>) {
  const keepFocus = useKeptFocus();
  const [asking, setAsking] = useState(false);
  const [refusal, setRefusal] = useState<PublicError | null>(null);
  const { run, pending } = useAction(action, {
    ...(successMessage ? { successMessage } : {}),
    ...(successHref ? { successHref } : {}),
    onSuccess: (data: T) => {
      setAsking(false);
      onSuccess?.(data);
    },
    ...(confirm ? { onError: setRefusal } : {}),
  });

  function ask(open: boolean) {
    setRefusal(null);
    setAsking(open);
  }

  function press(event: MouseEvent<HTMLButtonElement>) {
    keepFocus(event.currentTarget);
    if (confirm) ask(true);
    else run(input);
  }

  return (
    <>
      <Button loading={pending && !asking} onClick={press} {...props}>
        {children}
      </Button>
      {confirm ? (
        <ConfirmDialog
          open={asking}
          onOpenChange={ask}
          confirmation={confirm}
          pending={pending}
          error={refusal}
          onConfirm={() => run(input)}
        />
      ) : null}
    </>
  );
}

type ActionOptions<T> = {
  successMessage?: string;
  successHref?: string;
  onSuccess?: (data: T) => void;
  /** Takes a refusal instead of the toast. */
  onError?: (error: PublicError) => void;
};

/** The same for anything that is not a button, such as a menu item: `run(input)` and `pending`. */
export function useAction<T>(
  action: ServerAction<T>,
  options: ActionOptions<T> = {},
): { run: (input: unknown) => void; pending: boolean } {
  const router = useRouter();
  const [pending, startTransition] = useTransition();

  async function settle(input: unknown, isSamePage: () => boolean): Promise<void> {
    const result = await attempt(action, input);
    if (!result) return;
    if (!result.ok) {
      // What was to take it went with its page.
      const refuse = isSamePage() ? (options.onError ?? sayRefusal) : sayRefusal;
      return refuse(result.error);
    }
    if (options.successMessage) toast.success(options.successMessage);
    options.onSuccess?.(result.data);
    if (options.successHref && isSamePage()) router.push(options.successHref);
    router.refresh();
  }

  function run(input: unknown) {
    const isSamePage = rememberPage();
    startTransition(() => settle(input, isSamePage));
  }

  return { run, pending };
}

async function attempt<T>(action: ServerAction<T>, input: unknown): Promise<ActionResult<T> | undefined> {
  try {
    return await action(pagePerson(), input);
  } catch (error) {
    if (isNavigation(error)) throw error;
    return { ok: false, error: UNREACHABLE };
  }
}
