import { EditorView } from "@codemirror/view";

/** The looks of a code field and its menus, in the product's tokens: nothing differs between light and dark here. */
export const theme = EditorView.theme({
  "&": { backgroundColor: "transparent", color: "var(--foreground)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": {
    fontFamily: "var(--font-mono, ui-monospace, Menlo, Consolas, monospace)",
    fontSize: "0.8125rem",
    lineHeight: "1.625",
    maxHeight: "45vh",
    overflow: "auto",
  },
  ".cm-content": {
    minHeight: "calc(var(--code-height) - 2px)",
    padding: "0.5rem 0",
    caretColor: "var(--foreground)",
  },
  ".cm-line": { padding: "0 2.5rem 0 0.75rem" },
  ".cm-placeholder": { color: "var(--muted-foreground)" },
  ".cm-cursor": { borderLeftColor: "var(--foreground)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "color-mix(in oklch, var(--ring) 25%, transparent)",
  },
  ".cm-lintRange-error": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--danger)",
    textUnderlineOffset: "3px",
  },
  ".cm-tooltip": {
    border: "1px solid var(--border)",
    borderRadius: "var(--radius)",
    backgroundColor: "var(--popover)",
    color: "var(--popover-foreground)",
    boxShadow: "var(--shadow-md)",
    fontSize: "0.8125rem",
    zIndex: "60",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": {
    fontFamily: "inherit",
    maxHeight: "16rem",
    minWidth: "16rem",
    padding: "0.25rem",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": {
    display: "flex",
    gap: "0.75rem",
    padding: "0.25rem 0.5rem",
    borderRadius: "calc(var(--radius) - 0.25rem)",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": {
    backgroundColor: "var(--accent)",
    color: "var(--accent-foreground)",
  },
  ".cm-completionLabel": { fontFamily: "var(--font-mono, monospace)", fontSize: "0.75rem" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
  ".cm-completionDetail": {
    marginLeft: "auto",
    fontStyle: "normal",
    fontSize: "0.75rem",
    color: "var(--muted-foreground)",
  },
  ".cm-tooltip.cm-completionInfo": { padding: "0.5rem 0.625rem", maxWidth: "18rem", lineHeight: "1.4" },
  ".cm-diagnostic": { padding: "0.375rem 0.625rem", borderLeft: "none", maxWidth: "24rem" },
});
