import type { z } from "zod";

/** The name of the single output port of nodes that do not branch. */
export const DEFAULT_PORT = "out";

export type Port = { readonly id: string; readonly label: string };

/** What a node gives to the nodes after it: offered for completion and checked in templates and expressions. */
export type OutputField = {
  readonly key: string;
  readonly label: string;
  readonly type: "text" | "number" | "boolean" | "list" | "object" | "any";
  /** What it holds, where that is known. */
  readonly inside?: readonly OutputField[];
};

export type BodyView = "body_names" | "body";

type FieldBase = {
  readonly name: string;
  readonly label: string;
  readonly help?: string;
  /** May be left empty. */
  readonly optional?: true;
  /** Only asked for, and only checked, while another field of the same form has one of these values. */
  readonly when?: { readonly field: string; readonly is: readonly string[] };
  /** Of a container, computed after an item or a round: sees the body's names (`item` …), and also its nodes. */
  readonly sees?: BodyView;
};

/**
 * One control of a node's form. The same description makes the editor's form and tells the graph rules where
 * templates, expressions and references are, so a new kind declares its fields once.
 */
export type FormField = FieldBase &
  (
    | { readonly type: "text" | "long_text"; readonly placeholder?: string }
    | { readonly type: "number"; readonly min?: number; readonly max?: number; readonly step?: number }
    /** Kept in milliseconds, asked for in seconds: so are its bounds. */
    | { readonly type: "seconds"; readonly min: number; readonly max: number }
    | { readonly type: "boolean" }
    | { readonly type: "choice"; readonly options: readonly { value: string; label: string }[] }
    | { readonly type: "list"; readonly placeholder?: string; readonly items: "text" | "number" }
    | { readonly type: "template"; readonly rows?: number; readonly placeholder?: string }
    | { readonly type: "expression"; readonly result?: "boolean"; readonly placeholder?: string }
    /** A template or an expression, as a sibling says: the field `mode`, or the one named here. */
    | { readonly type: "value"; readonly modeField?: string; readonly placeholder?: string }
    | { readonly type: "agent" | "model" | "documents" | "workflow" | "people" | "credential" }
    /** A version of the workflow chosen in another field; empty for the published one. */
    | { readonly type: "workflow_version"; readonly workflowField: string }
    | {
        readonly type: "rows";
        readonly row: readonly FormField[];
        readonly addLabel: string;
        readonly item: RawConfig;
      }
  );

/** What a person calls one row of a field, by its place: `Field 2`. */
export function rowName({ addLabel }: { readonly addLabel: string }, index: number): string {
  const name = addLabel.replace(/^Add (.)/, (_, first: string) => first.toUpperCase());
  return `${name} ${index + 1}`;
}

/** A config as it is stored, possibly incomplete: drafts are kept while they are being written. */
export type RawConfig = Readonly<Record<string, unknown>>;

/** The port a failed node leaves by when its policy says so. */
export const ERROR_PORT: Port = { id: "error", label: "On error" };

/** What it gives there. */
export const ERROR_OUTPUT: OutputField = {
  key: ERROR_PORT.id,
  label: "What went wrong",
  type: "object",
  inside: [
    { key: "message", label: "What went wrong, on the way On error", type: "text" },
    { key: "code", label: "A short name for what went wrong", type: "text" },
  ],
};

export type KindGroup = "flow" | "ai" | "logic" | "data" | "people";

/** Everything the product knows about one kind of node, except how to run it. */
export type NodeKind = {
  readonly kind: string;
  readonly label: string;
  readonly description: string;
  /** A lucide icon name in kebab case. */
  readonly icon: string;
  readonly group: KindGroup;
  /** What a complete config is; strict. */
  readonly config: z.ZodType;
  /** What a new node starts with; need not be complete. */
  readonly defaults: RawConfig;
  readonly form: readonly FormField[];
  /** Output ports of a node with this config; none on a node that ends the graph. */
  ports(config: RawConfig): readonly Port[];
  /** Whether edges may lead into it. */
  readonly acceptsEdges: boolean;
  /** Holds other nodes, which run once for each item or round: maps and loops. */
  readonly isContainer?: true;
  /** Of a container: what the nodes of its body can name besides the nodes before them. */
  readonly bodyNames?: readonly OutputField[];
  /** Only for people: it never runs and nothing leads to or from it. */
  readonly isAnnotation?: true;
  /** Whether it can fail in ways worth handling: such a node has a timeout, retries and an error port. */
  readonly hasPolicy?: true;
  /** The port by which it leaves when its policy gives an output in its place; only of kinds that choose one. */
  portOfOutput?(config: RawConfig, output: Readonly<Record<string, unknown>>): string;
  /** What it gives depends on more than its config, so any name may be asked for. */
  readonly hasOpenOutputs?: true;
  outputs(config: RawConfig): readonly OutputField[];
};

/** Checks a kind's shape at compile time and keeps the type of its config schema. */
export function defineKind<Kind extends NodeKind>(kind: Kind): Kind {
  return kind;
}

const NEXT: readonly Port[] = [{ id: DEFAULT_PORT, label: "Next" }];

/** The ports of a kind that does not branch. */
export function singlePort(): readonly Port[] {
  return NEXT;
}

/** The ports of a kind that ends the graph, or is not part of it. */
export function noPorts(): readonly Port[] {
  return [];
}

/** Rows of a list-valued config field, tolerating a draft in which it is missing or something else. */
export function rowsOf(config: RawConfig, field: string): readonly RawConfig[] {
  const rows = config[field];
  return Array.isArray(rows) ? rows.filter(isRecord) : [];
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a field of a form is asked for, given what its form holds. */
export function isAsked(field: FormField, config: RawConfig): boolean {
  return !field.when || field.when.is.includes(textOf(config, field.when.field));
}

/** Whether a field holds a template or an expression, where a sibling decides. */
export function languageOf(
  field: Extract<FormField, { type: "value" }>,
  config: RawConfig,
): "template" | "expression" {
  return config[field.modeField ?? "mode"] === "expression" ? "expression" : "template";
}

/** A string field of a draft config, or "". */
export function textOf(config: RawConfig, field: string): string {
  const value = config[field];
  return typeof value === "string" ? value : "";
}
