import {
  autocompletion,
  type CompletionContext,
  type CompletionResult,
  completionKeymap,
} from "@codemirror/autocomplete";
import { history, historyKeymap, standardKeymap } from "@codemirror/commands";
import { type Diagnostic, linter } from "@codemirror/lint";
import { Annotation, Compartment, EditorState } from "@codemirror/state";
import { EditorView, keymap, placeholder, tooltips } from "@codemirror/view";
import type { TextProblem } from "@/lib/workflows/template";
import { closeBraces } from "./braces";
import { type CodeLanguage, completeAt, type Word } from "./complete";
import { highlight } from "./languages";
import { theme } from "./theme";

export type CodeOptions = {
  readonly parent: HTMLElement;
  readonly text: string;
  readonly language: CodeLanguage;
  readonly placeholder: string;
  /** The page's Content-Security-Policy nonce, for the style element of the editor. */
  readonly nonce: string | undefined;
  /** Asked at each completion and check, so that they follow the workflow. */
  readonly words: () => readonly Word[];
  readonly problems: (text: string) => readonly TextProblem[];
  readonly onChange: (text: string) => void;
};

export type CodeView = {
  setText(text: string): void;
  setDisabled(isDisabled: boolean): void;
  setAttributes(attributes: Readonly<Record<string, string>>): void;
  /** Puts a piece where the caret is. */
  insert(piece: string): void;
  select(start: number, end: number): void;
  focus(): void;
  destroy(): void;
};

/** Marks a change that comes from outside, which is not reported back. */
const fromOutside = Annotation.define<boolean>();

const TYPES = {
  name: "variable",
  function: "function",
  method: "method",
  filter: "function",
  tag: "keyword",
};

/** A field for code: completion on typing and Ctrl+Space, errors underlined. Tab leaves it, as it leaves any field. */
export function createCodeView(options: CodeOptions): CodeView {
  const editable = new Compartment();
  const attributes = new Compartment();
  const view = new EditorView({
    parent: options.parent,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        ...(options.nonce ? [EditorView.cspNonce.of(options.nonce)] : []),
        history(),
        keymap.of([...completionKeymap, ...historyKeymap, ...standardKeymap]),
        EditorView.lineWrapping,
        placeholder(options.placeholder),
        highlight(options.language),
        options.language === "template" ? closeBraces : [],
        theme,
        // The panel scrolls and clips; a dialog around the field would too.
        tooltips({ position: "fixed", parent: document.body }),
        autocompletion({
          icons: false,
          activateOnCompletion: ({ label }) => label.endsWith("."),
          override: [(context) => complete(context, options)],
        }),
        linter((current) => toDiagnostics(current, options.problems), { delay: 250 }),
        EditorView.updateListener.of((update) => {
          const isOwn = update.transactions.some((one) => one.docChanged && !one.annotation(fromOutside));
          if (isOwn) options.onChange(update.state.doc.toString());
        }),
        editable.of([]),
        attributes.of([]),
      ],
    }),
  });
  return {
    setText(text) {
      if (text === view.state.doc.toString()) return;
      view.dispatch({
        changes: { from: 0, to: view.state.doc.length, insert: text },
        annotations: fromOutside.of(true),
      });
    },
    setDisabled(isDisabled) {
      const state = isDisabled ? [EditorState.readOnly.of(true), EditorView.editable.of(false)] : [];
      view.dispatch({ effects: editable.reconfigure(state) });
    },
    setAttributes(given) {
      view.dispatch({ effects: attributes.reconfigure(EditorView.contentAttributes.of(given)) });
    },
    insert(piece) {
      view.dispatch(view.state.replaceSelection(piece), { scrollIntoView: true });
    },
    select(start, end) {
      const length = view.state.doc.length;
      view.dispatch({
        selection: { anchor: Math.min(start, length), head: Math.min(end, length) },
        scrollIntoView: true,
      });
    },
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}

function complete(context: CompletionContext, options: CodeOptions): CompletionResult | null {
  const offer = completeAt(context.state.doc.toString(), context.pos, options.language, options.words());
  if (!offer || offer.words.length === 0) return null;
  // In an expression a list at every empty place would be in the way; in braces it is what they are opened for.
  if (offer.from === context.pos && !context.explicit && options.language === "expression") {
    if (context.state.sliceDoc(context.pos - 1, context.pos) !== ".") return null;
  }
  return {
    from: offer.from,
    validFor: /^\w*$/,
    options: offer.words.map((word) => ({
      label: word.label,
      type: TYPES[word.type],
      detail: word.detail,
      ...(word.info ? { info: word.info } : {}),
    })),
  };
}

function toDiagnostics(view: EditorView, problems: CodeOptions["problems"]): Diagnostic[] {
  const { length } = view.state.doc;
  return problems(view.state.doc.toString()).map(({ message, start, end }) => {
    // A mark needs a character to stand under, also where something is missing at the end.
    const from = Math.max(0, Math.min(start, length - 1));
    return { from, to: Math.min(length, Math.max(from + 1, end)), severity: "error", message };
  });
}
