import type { Graph, GraphNode } from "@/lib/workflows/graph";
import type { Fragment } from "./copying";
import type { Point, Size } from "./frames";
import type { JsonObject, TypedJson } from "./json-text";
import type { PolicyPatch } from "./policy";

export type Selection = { readonly nodes: ReadonlySet<string>; readonly edges: ReadonlySet<string> };

export type SaveState =
  | { readonly status: "idle" }
  | { readonly status: "saving"; readonly graph: Graph }
  /** Kept in the browser. What failed is tried again in a while, what was refused once it is another. */
  | {
      readonly status: "failed";
      readonly message: string;
      readonly graph: Graph;
      readonly isRefused: boolean;
    }
  | { readonly status: "conflict"; readonly message: string };

/** The parts of a node that are written as JSON. */
export type JsonField = "pin" | "defaultOutput";

export type TypedField = { readonly nodeId: string; readonly field: JsonField; readonly typed: TypedJson };

export type EditorState = {
  readonly graph: Graph;
  /** What the server has: the draft is dirty when `graph` is another object. */
  readonly savedGraph: Graph;
  readonly revision: number;
  readonly past: readonly Graph[];
  readonly future: readonly Graph[];
  /** Changes with one key, one after another, are one step of the history: typing in a field, nudging a node. */
  readonly lastKey: string | null;
  readonly selection: Selection;
  /** The node that was just added, until it is left: what it lacks is not a mistake yet. */
  readonly fresh: string | null;
  readonly save: SaveState;
  /** What was typed into fields of JSON, also while it cannot be read. */
  readonly typed: ReadonlyMap<string, TypedField>;
  /** What the last change did besides what was asked for; told once. */
  readonly notice: { readonly text: string } | null;
};

export type EditorAction =
  | {
      type: "add";
      kind: string;
      /** Within `parent`, where there is one. */
      at: Point;
      parent?: string | null;
      config?: GraphNode["config"];
      from?: { source: string; sourcePort: string };
      /** The connection that it is put into. */
      into?: string;
    }
  | { type: "connect"; source: string; sourcePort: string; target: string }
  | { type: "remove" }
  | { type: "remove_edge"; edgeId: string }
  | { type: "move"; positions: ReadonlyMap<string, Point> }
  /** Lets go of what was dragged, which may be in another frame or in none by then. */
  | { type: "drop"; positions: ReadonlyMap<string, Point> }
  /** Puts nodes at a free place inside of a container, or outside of all. */
  | { type: "put_inside"; nodeId: string; parent: string | null }
  | { type: "resize"; nodeId: string; size: Size }
  | { type: "arrange"; positions: ReadonlyMap<string, Point>; sizes: ReadonlyMap<string, Size> }
  | { type: "configure"; nodeId: string; field: string; config: GraphNode["config"] }
  | { type: "set_policy"; nodeId: string; field: string; patch: PolicyPatch }
  /** Null takes the pin away. */
  | { type: "set_pin"; nodeId: string; pin: JsonObject | null }
  /** What can be read becomes the value; what cannot is kept as it was typed. */
  | { type: "type_json"; nodeId: string; field: JsonField; text: string }
  | { type: "rename"; nodeId: string; name: string }
  | { type: "paste"; fragment: Fragment }
  | { type: "duplicate" }
  | { type: "replace"; graph: Graph }
  | { type: "undo" }
  | { type: "redo" }
  | { type: "end_edit" }
  | { type: "select"; nodes: readonly string[]; edges?: readonly string[] }
  /** Selects and deselects some, as a click or a box on the canvas does. */
  | { type: "pick"; nodes?: ReadonlyMap<string, boolean>; edges?: ReadonlyMap<string, boolean> }
  | { type: "select_all" }
  | { type: "saving"; graph: Graph }
  | { type: "saved"; graph: Graph; revision: number }
  | { type: "save_failed"; graph: Graph; message: string; isRefused: boolean }
  | { type: "conflict"; message: string }
  /** Theirs becomes the draft; mine stays one undo away. */
  | { type: "take_theirs"; graph: Graph; revision: number }
  /** The next save goes over theirs, which is what the server has. */
  | { type: "keep_mine"; graph: Graph; revision: number };

export type SaveAction = Extract<
  EditorAction,
  { type: "saving" | "saved" | "save_failed" | "conflict" | "take_theirs" | "keep_mine" }
>;
