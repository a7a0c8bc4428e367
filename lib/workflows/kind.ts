import type { z } from "zod";

/** The name of the single output port of nodes that do not branch. */
export const DEFAULT_PORT = "out";

export type Port = { readonly id: string; readonly label: string };

/** What a node gives to the nodes after it: offered for completion and checked in templates and expressions. */
export type OutputField = {
  readonly key: string;
  readonly label: string;
  readonly type: "text" | "number" | "boolean" | "list" | "object" | "any";
};

type FieldBase = { readonly name: string; readonly label: string; readonly help?: string };

/**
 * One control of a node's form. The same description makes the editor's form and tells the graph rules where
 * templates, expressions and references are, so a new kind declares its fields once.
 */
export type FormField = FieldBase &
  (
    | { readonly type: "text" | "long_text"; readonly placeholder?: string }
    | { readonly type: "number"; readonly min?: number; readonly max?: number; readonly step?: number }
    | { readonly type: "boolean" }
    | { readonly type: "choice"; readonly options: readonly { value: string; label: string }[] }
    | { readonly type: "list"; readonly placeholder?: string; readonly items: "text" | "number" }
    | { readonly type: "template"; readonly rows?: number; readonly placeholder?: string }
    | { readonly type: "expression"; readonly result?: "boolean"; readonly placeholder?: string }
    /** A template or an expression, as the sibling `mode` says. */
    | { readonly type: "value"; readonly placeholder?: string }
    | { readonly type: "agent" | "model" | "documents" }
    | {
        readonly type: "rows";
        readonly row: readonly FormField[];
        readonly addLabel: string;
        readonly item: RawConfig;
      }
  );

/** A config as it is stored, possibly incomplete: drafts are kept while they are being written. */
export type RawConfig = Readonly<Record<string, unknown>>;

/** The port a failed node leaves by when its policy says so. */
export const ERROR_PORT: Port = { id: "error", label: "On error" };

export type KindGroup = "flow" | "ai" | "logic" | "data";

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
  /** Only for people: it never runs and nothing leads to or from it. */
  readonly isAnnotation?: true;
  /** Whether it can fail in ways worth handling: such a node has a timeout, retries and an error port. */
  readonly hasPolicy?: true;
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

/** A string field of a draft config, or "". */
export function textOf(config: RawConfig, field: string): string {
  const value = config[field];
  return typeof value === "string" ? value : "";
}
