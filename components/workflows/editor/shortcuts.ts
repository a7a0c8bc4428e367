/** Every keyboard shortcut of the editor: the help lists them and `commandOf` reads them. */
export type Command =
  | "undo"
  | "redo"
  | "save"
  | "run"
  | "duplicate"
  | "select_all"
  | "remove"
  | "layout"
  | "fit"
  | "search"
  | "help"
  | "clear";

export type Shortcut = {
  readonly command: Command | null;
  readonly keys: readonly string[];
  readonly label: string;
};

export const SHORTCUTS: readonly Shortcut[] = [
  { command: "search", keys: ["/"], label: "Search for a node to add" },
  { command: "run", keys: ["Ctrl", "Enter"], label: "Run" },
  { command: "save", keys: ["Ctrl", "S"], label: "Save" },
  { command: "undo", keys: ["Ctrl", "Z"], label: "Undo" },
  { command: "redo", keys: ["Ctrl", "Shift", "Z"], label: "Redo" },
  { command: null, keys: ["Ctrl", "C"], label: "Copy the chosen nodes" },
  { command: null, keys: ["Ctrl", "X"], label: "Cut the chosen nodes" },
  { command: null, keys: ["Ctrl", "V"], label: "Paste nodes, also from another workflow" },
  { command: "duplicate", keys: ["Ctrl", "D"], label: "Duplicate the chosen nodes" },
  { command: "select_all", keys: ["Ctrl", "A"], label: "Choose everything" },
  { command: "remove", keys: ["Delete"], label: "Delete what is chosen" },
  { command: "layout", keys: ["L"], label: "Tidy up" },
  { command: "fit", keys: ["F"], label: "Show everything" },
  { command: "clear", keys: ["Esc"], label: "Choose nothing" },
  { command: null, keys: ["Tab"], label: "Go to the next node on the canvas" },
  { command: null, keys: ["Arrows"], label: "Move the chosen nodes" },
  { command: null, keys: ["Shift", "drag"], label: "Choose several nodes with a box" },
  { command: "help", keys: ["?"], label: "This list" },
];

export type KeyPress = {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
};

const WITH_CTRL: Readonly<Record<string, Command>> = {
  z: "undo",
  y: "redo",
  s: "save",
  enter: "run",
  d: "duplicate",
  a: "select_all",
};

const ALONE: Readonly<Record<string, Command>> = {
  delete: "remove",
  backspace: "remove",
  l: "layout",
  f: "fit",
  "/": "search",
  "?": "help",
  escape: "clear",
};

/** The command of a key press. While somebody types in a field, only saving and running remain. */
export function commandOf(press: KeyPress, isTyping: boolean): Command | null {
  if (press.altKey) return null;
  const key = press.key.toLowerCase();
  if (press.ctrlKey || press.metaKey) {
    const command = key === "z" && press.shiftKey ? "redo" : (WITH_CTRL[key] ?? null);
    return isTyping && command !== "save" && command !== "run" ? null : command;
  }
  return isTyping ? null : (ALONE[key] ?? null);
}

/** Whether a key says that typing in a field is over: what it starts comes before the field is left. */
export function endsTyping(press: KeyPress): boolean {
  return press.key === "Enter" || commandOf(press, true) !== null;
}
