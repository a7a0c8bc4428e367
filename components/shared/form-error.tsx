"use client";

import { useFormState } from "@/components/shared/form-state";
import { Alert } from "@/components/ui/alert";
import type { PublicError } from "@/lib/errors";

/** What went wrong with the whole form. `ActionForm` shows one by itself; give `error` to use it alone. */
export function FormError({ error }: { error?: PublicError | null }) {
  const form = useFormState();
  const shown = error ?? form.error;
  if (!shown) return null;
  // Said beside the field already: at the top a pointer to it is enough.
  const isPlaced =
    !error && errorSentences(shown).includes(shown.message) && !form.unplaced.includes(shown.message);
  const details = error ? errorSentences(error) : form.unplaced;
  // What the message consists of is not said once more below it.
  const others = details.filter((sentence) => isPlaced || !shown.message.includes(sentence));
  return (
    <Alert tone="danger" title={isPlaced ? pointerOf(shown) : shown.message} data-form-error tabIndex={-1}>
      {others.length > 0 ? (
        <ul className="list-disc pl-4">
          {others.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      ) : null}
      <ErrorReference error={shown} />
    </Alert>
  );
}

function pointerOf({ fields }: PublicError): string {
  const isOne = Object.keys(fields ?? {}).length === 1;
  return isOne ? "A field needs another look." : "Some fields need another look.";
}

function errorSentences(error: PublicError): readonly string[] {
  return Object.values(error.fields ?? {}).flat();
}

function ErrorReference({ error }: { error: PublicError }) {
  const wait = error.retryAfterMs ? Math.ceil(error.retryAfterMs / 1000) : 0;
  if (!error.ref && wait === 0) return null;
  return (
    <p className="mt-1 text-[0.8125rem]">
      {wait > 0 ? `Try again in ${wait < 90 ? `${wait} s` : `${Math.ceil(wait / 60)} min`}. ` : null}
      {error.ref ? (
        <>
          Reference <code className="select-all font-mono">{error.ref}</code>
        </>
      ) : null}
    </p>
  );
}
