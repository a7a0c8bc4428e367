"use client";

import {
  type CSSProperties,
  type Ref,
  type RefObject,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { controlClasses } from "@/components/ui/control-classes";
import { useField } from "@/components/ui/field-context";
import { useNonce } from "@/components/ui/nonce";
import { Textarea } from "@/components/ui/textarea";
import { cn } from "@/lib/cn";
import type { TextProblem } from "@/lib/workflows/template";
import { insertAt } from "../variables";
import type { CodeView, createCodeView } from "./code-view";
import type { CodeLanguage, Word } from "./complete";

export type CodeFieldHandle = {
  /** Puts a piece where the caret is and goes on there. */
  insert(piece: string): void;
  select(start: number, end: number): void;
};

type Props = {
  ref?: Ref<CodeFieldHandle>;
  language: CodeLanguage;
  value: string;
  onChange: (text: string) => void;
  /** How many lines it shows when empty; it grows with its content up to a limit. */
  rows: number;
  placeholder: string;
  disabled: boolean;
  words: readonly Word[];
  problems: (text: string) => readonly TextProblem[];
  /** Names the field where no `FormField` around it does. */
  label?: string;
};

type Create = typeof createCodeView;
let create: Create | null = null;

/** `height` is that of the text area it takes the place of, in pixels; 0 when there was none. */
type Loaded = { create: Create; height: number };

/** The code editor is a chunk of its own, fetched once; until it is there a plain text area does the same work. */
function useCreate(area: RefObject<HTMLTextAreaElement | null>): Loaded | null {
  const [loaded, setLoaded] = useState<Loaded | null>(() => create && { create, height: 0 });
  useEffect(() => {
    if (loaded) return;
    let isCurrent = true;
    import("./code-view")
      .then((code) => {
        create = code.createCodeView;
        if (isCurrent) setLoaded({ create, height: area.current?.offsetHeight ?? 0 });
      })
      // Without the chunk the text area stays.
      .catch(() => undefined);
    return () => {
      isCurrent = false;
    };
  }, [loaded, area]);
  return loaded;
}

/** A text in a small language: coloured, completed and checked as it is written. */
export function CodeField(props: Props) {
  const area = useRef<HTMLTextAreaElement>(null);
  const loaded = useCreate(area);
  return loaded ? <Code {...props} {...loaded} /> : <Plain {...props} area={area} />;
}

/** Both fields are as high when they are empty, so that nothing moves when one takes the place of the other. */
function heightOf(rows: number): CSSProperties {
  const height = rows > 5 ? "8rem" : rows > 3 ? "5rem" : "2.375rem";
  return { "--code-height": height } as CSSProperties;
}

/** Whether the text area had the focus when the code editor took its place. */
const focused: { id: string | null; start: number; end: number } = { id: null, start: 0, end: 0 };

function Plain({
  ref,
  area,
  value,
  onChange,
  rows,
  placeholder,
  disabled,
  label,
}: Props & { area: RefObject<HTMLTextAreaElement | null> }) {
  useImperativeHandle(ref, () => ({
    insert(piece) {
      const { selectionStart: start = value.length, selectionEnd: end = value.length } = area.current ?? {};
      const inserted = insertAt(value, start, end, piece);
      onChange(inserted.text);
      requestAnimationFrame(() => {
        area.current?.focus();
        area.current?.setSelectionRange(inserted.caret, inserted.caret);
      });
    },
    select(start, end) {
      area.current?.focus();
      area.current?.setSelectionRange(start, end);
    },
  }));
  useLayoutEffect(() => {
    const element = area.current;
    return () => {
      if (!element || document.activeElement !== element) return;
      focused.id = element.id;
      focused.start = element.selectionStart;
      focused.end = element.selectionEnd;
    };
  }, [area]);
  return (
    <Textarea
      ref={area}
      rows={rows}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      disabled={disabled}
      placeholder={placeholder}
      className="block max-h-[45vh] min-h-(--code-height) pr-10 font-mono text-[0.8125rem] leading-relaxed"
      style={heightOf(rows)}
      {...(label ? { "aria-label": label } : {})}
    />
  );
}

function Code(props: Props & Loaded) {
  const { ref, value, disabled, language, rows, label, height } = props;
  const field = useField();
  const nonce = useNonce();
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<CodeView | null>(null);
  const latest = useRef(props);
  latest.current = props;

  useLayoutEffect(() => {
    const parent = box.current;
    if (!parent) return;
    const made = latest.current.create({
      parent,
      text: latest.current.value,
      language,
      placeholder: latest.current.placeholder,
      nonce,
      words: () => latest.current.words,
      problems: (text) => latest.current.problems(text),
      onChange: (text) => latest.current.onChange(text),
    });
    view.current = made;
    parent.style.minHeight = "";
    return () => {
      view.current = null;
      made.destroy();
    };
  }, [language, nonce]);

  useEffect(() => view.current?.setText(value), [value]);
  // The editor is made anew with another language, so it is told again.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => view.current?.setDisabled(disabled), [disabled, language]);

  const { id, labelId, describedBy, invalid } = field ?? {};
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new editor knows nothing of its label yet
  useEffect(() => {
    view.current?.setAttributes({
      "aria-multiline": "true",
      ...(id ? { id } : {}),
      ...(label ? { "aria-label": label } : labelId ? { "aria-labelledby": labelId } : {}),
      ...(describedBy ? { "aria-describedby": describedBy } : {}),
      ...(invalid ? { "aria-invalid": "true" } : {}),
    });
    if (!id || focused.id !== id) return;
    focused.id = null;
    view.current?.focus();
    view.current?.select(focused.start, focused.end);
  }, [id, label, labelId, describedBy, invalid, language]);

  // A label is tied to native controls only; here a click on it has to be passed on.
  useEffect(() => {
    const element = labelId ? document.getElementById(labelId) : null;
    const focus = () => view.current?.focus();
    element?.addEventListener("click", focus);
    return () => element?.removeEventListener("click", focus);
  }, [labelId]);

  useImperativeHandle(ref, () => ({
    insert(piece) {
      view.current?.insert(piece);
      requestAnimationFrame(() => view.current?.focus());
    },
    select(start, end) {
      view.current?.focus();
      view.current?.select(start, end);
    },
  }));

  return (
    <div
      ref={box}
      className={cn(
        controlClasses,
        "overflow-hidden focus-within:border-ring focus-within:outline-2 focus-within:outline-ring",
        invalid && "border-danger focus-within:outline-danger",
        disabled && "cursor-not-allowed bg-muted opacity-65",
      )}
      // As high as what it takes the place of until the editor is in it: a panel that is shorter for a moment, with this
      // or another field empty, scrolls back to its top.
      style={{ ...heightOf(rows), ...(height ? { minHeight: height } : {}) }}
    />
  );
}
