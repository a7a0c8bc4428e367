"use client";

import { useRouter } from "next/navigation";
import {
  type ComponentProps,
  type FormEvent,
  type ReactNode,
  type RefObject,
  startTransition,
  useActionState,
  useEffect,
  useRef,
} from "react";
import { FormError } from "@/components/shared/form-error";
import { isTooLarge } from "@/components/shared/form-size";
import { type FormState, FormStateContext, unplacedErrors } from "@/components/shared/form-state";
import { useKeptFocus } from "@/components/shared/keep-focus";
import { pagePerson } from "@/components/shared/page-person";
import { sayDone } from "@/components/shared/say-done";
import { sayRefusal } from "@/components/shared/say-refusal";
import { isSeen } from "@/components/shared/seen";
import { UNREACHABLE } from "@/components/shared/unreachable";
import { useEarlySubmit } from "@/components/shared/use-early-submit";
import { useUnsaved } from "@/components/shared/use-unsaved";
import { Alert } from "@/components/ui/alert";
import { isOnTheWay } from "@/components/ui/on-the-way";
import { toast } from "@/components/ui/toast";
import { cn } from "@/lib/cn";
import type { PublicError } from "@/lib/errors";
import type { ActionResult, ServerAction } from "@/lib/result";

type Outcome = Omit<FormState, "pending">;
const UNTRIED: Outcome = { error: null, unplaced: [] };

const UNANSWERED: PublicError = {
  code: "upstream",
  message: "The server could not be reached. Nothing was lost: try again.",
};

/** Said to who has left, of what has no message of its own. */
const DONE = "What you sent was done all the same.";

const TOO_LARGE: PublicError = {
  code: "limit_exceeded",
  message: "This is more than the 4 MB that can be sent at once. Shorten it: nothing was lost.",
};

export type ActionFormProps<T> = Omit<
  ComponentProps<"form">,
  "action" | "onSubmit" | "children" | "onReset"
> & {
  action: ServerAction<T>;
  /** Said in a toast when it worked. */
  successMessage?: string;
  /** Where to go when it worked; `[id]` stands for the `id` of the result. Who has left meanwhile is offered it. */
  successHref?: string;
  /** `isLeft`: its dialog was closed or its page left before the answer came. */
  onSuccess?: (data: T, isLeft: boolean) => void;
  /** Empties the form when it worked, for forms that add one more of something. */
  resetOnSuccess?: boolean;
  /** Asks before the page is left, or its dialog closed, with what is not saved: for dialogs, and forms of some length. */
  guarded?: boolean;
  children: ReactNode;
};

/**
 * A form around a server action. What was typed stays when it fails, each sentence appears beside its field, the
 * first wrong field gets the focus, and whatever no field can show is said at the top with its reference.
 */
export function ActionForm<T>({
  action,
  successMessage,
  successHref,
  onSuccess,
  resetOnSuccess = false,
  guarded = false,
  className,
  children,
  ...props
}: ActionFormProps<T>) {
  const router = useRouter();
  const formRef = useRef<HTMLFormElement>(null);
  const keepFocus = useKeptFocus();
  const unsaved = useUnsaved(formRef, guarded);
  const unseen = useUnseen();

  const isLeft = () => !isSeen(formRef.current) || unsaved.wasGivenUp() || isOnTheWay();

  async function send(_previous: Outcome, data: FormData): Promise<Outcome> {
    const result = await attempt(action, data);
    const form = formRef.current;
    // A redirect inside the action resolves with nothing while the browser is already on its way.
    if (!result) return UNTRIED;
    if (!result.ok) {
      // Its dialog was closed, or its page left: what it held is gone, and that it was not done has to be known.
      const saying = result.error === UNANSWERED ? UNREACHABLE : result.error;
      if (isLeft()) sayRefusal(saying);
      else unseen.current = saying;
      const isShown = (name: string) => form?.elements.namedItem(name) != null;
      return { error: result.error, unplaced: unplacedErrors(result.error.fields, isShown) };
    }
    unsaved.noteSaved();
    if (resetOnSuccess) form?.reset();
    arrive(result.data);
    router.refresh();
    return UNTRIED;
  }

  function arrive(data: T) {
    const hasLeft = isLeft();
    const href = successHref ? fillId(successHref, data) : null;
    if (hasLeft && href) sayDone(successMessage ?? DONE, href, router.push);
    else if (successMessage) toast.success(successMessage);
    onSuccess?.(data, hasLeft);
    if (!hasLeft && href) router.push(href);
  }

  const [outcome, dispatch, pending] = useActionState(send, UNTRIED);

  // React empties uncontrolled fields after a form action; a submit handler keeps them.
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    event.stopPropagation();
    if (pending) return;
    keepFocus(event.currentTarget);
    unsaved.noteSent(event.currentTarget);
    const submitter = (event.nativeEvent as SubmitEvent).submitter;
    const data = new FormData(event.currentTarget, submitter);
    startTransition(() => dispatch(data));
  }

  useEffect(() => {
    if (!outcome.error) return;
    if (isSeen(formRef.current)) unseen.current = null;
    focusFirstProblem(formRef.current);
  }, [unseen, outcome]);
  useEarlySubmit(formRef);

  return (
    <FormStateContext value={{ ...outcome, pending }}>
      <form
        ref={formRef}
        method="post"
        data-waits=""
        suppressHydrationWarning
        noValidate
        onSubmit={submit}
        aria-busy={pending || undefined}
        className={cn("grid gap-5", className)}
        {...props}
      >
        <noscript>
          <Alert tone="danger" title="This form needs JavaScript.">
            Allow it for this page in your browser, and load the page again.
          </Alert>
        </noscript>
        <FormError />
        {children}
      </form>
    </FormStateContext>
  );
}

/** Why it was refused, until the form shows it. Should the form go before, it is said beside the page. */
function useUnseen(): RefObject<PublicError | null> {
  const unseen = useRef<PublicError | null>(null);
  useEffect(
    () => () => {
      if (unseen.current) sayRefusal(unseen.current);
    },
    [],
  );
  return unseen;
}

async function attempt<T>(action: ServerAction<T>, data: FormData): Promise<ActionResult<T> | undefined> {
  try {
    if (await isTooLarge(data)) return { ok: false, error: TOO_LARGE };
    return await action(pagePerson(), data);
  } catch (error) {
    if (isNavigation(error)) throw error;
    return { ok: false, error: UNANSWERED };
  }
}

/** Next signals redirects and not-found pages by throwing; those must pass. */
export function isNavigation(error: unknown): boolean {
  return (
    typeof error === "object" &&
    error !== null &&
    "digest" in error &&
    typeof error.digest === "string" &&
    error.digest.startsWith("NEXT_")
  );
}

function focusFirstProblem(form: HTMLFormElement | null): void {
  // What is wrong with a group of fields stands behind it, and marks none of them.
  const target =
    form?.querySelector<HTMLElement>("[aria-invalid='true'], [data-field-error]") ??
    form?.querySelector<HTMLElement>("[data-form-error]");
  target?.focus();
}

function fillId(href: string, data: unknown): string {
  const id = typeof data === "object" && data !== null && "id" in data ? String(data.id) : "";
  return href.replace("[id]", encodeURIComponent(id));
}
