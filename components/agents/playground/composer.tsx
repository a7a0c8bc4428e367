"use client";

import { ArrowUp, Square } from "lucide-react";
import { type FormEvent, type KeyboardEvent, type RefObject, useId, useState } from "react";
import { Button } from "@/components/ui/button";
import { Textarea } from "@/components/ui/textarea";
import { MAX_MESSAGE_CHARS } from "@/lib/agents/input";

/** A longer one would make the box grow before anything is written. */
const LONG_NAME = 40;

/** Where the next message is written. Enter sends, Shift+Enter starts a line; while it answers, the button stops it. */
export function Composer({
  name,
  boxRef,
  why,
  isBusy,
  onSend,
  onStop,
}: {
  name: string;
  /** Where the message is written: it has the focus back when a button leaves that had it. */
  boxRef: RefObject<HTMLTextAreaElement | null>;
  /** Why nothing can be sent, or null. */
  why: string | null;
  isBusy: boolean;
  /** Gives whether the message was taken. */
  onSend: (text: string) => Promise<boolean>;
  onStop: () => void;
}) {
  const [text, setText] = useState("");
  const hintId = useId();
  const length = text.trim().length;
  const isTooLong = length > MAX_MESSAGE_CHARS;
  const canSend = why === null && !isBusy && length > 0 && !isTooLong;

  async function submit(event?: FormEvent) {
    event?.preventDefault();
    if (!canSend) return;
    const message = text.trim();
    setText("");
    boxRef.current?.focus();
    // What was refused need not be written again.
    if (!(await onSend(message))) setText((now) => now || message);
  }

  function stop() {
    boxRef.current?.focus();
    onStop();
  }

  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>) {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void submit();
  }

  return (
    <form onSubmit={submit} className="grid gap-2 border-t px-5 py-4">
      <div className="flex items-end gap-2">
        <Textarea
          ref={boxRef}
          rows={1}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKeyDown}
          // No maxLength: the browser would cut what is pasted without a word.
          aria-invalid={isTooLong}
          aria-describedby={isTooLong ? hintId : undefined}
          disabled={why !== null}
          aria-label={`Message to ${name}`}
          placeholder={why ?? `Ask ${name.length > LONG_NAME ? "something" : name}`}
          className="max-h-40 min-h-9 resize-none py-1.5"
        />
        {isBusy ? (
          <Button size="icon" variant="outline" onClick={stop} aria-label="Stop the answer">
            <Square aria-hidden="true" />
          </Button>
        ) : (
          <Button type="submit" size="icon" disabled={!canSend} aria-label="Send">
            <ArrowUp aria-hidden="true" />
          </Button>
        )}
      </div>
      {isTooLong ? (
        <p id={hintId} aria-live="polite" className="text-danger text-xs">
          A message has at most {MAX_MESSAGE_CHARS.toLocaleString("en-US")} characters; this has{" "}
          {length.toLocaleString("en-US")}.
        </p>
      ) : why === null ? (
        <p className="text-muted-foreground text-xs max-sm:hidden">
          Enter sends, Shift+Enter starts a new line.
        </p>
      ) : null}
    </form>
  );
}
