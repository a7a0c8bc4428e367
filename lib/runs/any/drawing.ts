import type { GraphEdge, GraphNode } from "@/lib/workflows/graph";
import type { Chance } from "../faults/testing/chance";
import type { Expected, Level, Names, Part, Reading } from "./expected";

/** A published workflow, and whether a service that it calls may refuse to answer for a while. */
export type Callable = { readonly id: string; readonly level: Level; readonly mayBreak: boolean };

/** How a question is answered, or that it is not. */
export type Decision = "approved" | "rejected" | "timeout";

export type Drawing = {
  readonly chance: Chance;
  /** Where the service answers that the HTTP nodes call. */
  readonly host: string;
  readonly modelKey: string;
  /** The agents that can be asked: one answers always, one refuses to for a while. */
  readonly agents: { readonly plain: string; readonly flaky: string };
  /** Workflows that can be called. */
  readonly callable: readonly Callable[];
  /** How the questions are answered that are drawn, by their nodes. */
  readonly answers: Map<string, Decision>;
};

/** What can be written at a place, and what it should come to there. */
export type Ref = { readonly text: string; readonly read: Reading };

export type Place = {
  readonly prefix: string;
  readonly parent: GraphNode | null;
  readonly depth: number;
  /** What the nodes around say. */
  readonly outside: readonly Ref[];
  /** A failure in here is forgiven around it: the item is left out. */
  readonly isForgiving: boolean;
  /** What fails in here fails the run, so that it can be resumed. */
  readonly mayBreak: boolean;
};

export type Made = { readonly nodes: GraphNode[]; readonly edges: GraphEdge[]; readonly level: Level };

/** A node before its kind is drawn: where it comes from, and what it may read. */
export type NodeDraft = {
  readonly id: string;
  readonly from: readonly GraphEdge[];
  readonly here: readonly Ref[];
};

export type NodeMade = { node: GraphNode; more?: Made; part: Part; refs: readonly Ref[] };

/** Texts grow no longer than this from node to node. */
const CUT = 30;

const shown = (name: string): string => `{{ ${name} | truncate: ${CUT}, "" }}`;
export const textOf = (value: unknown): string =>
  value === null || value === undefined ? "" : String(value);
const cutOf = (value: unknown): string => textOf(value).slice(0, CUT);
export const ofNode = (id: string, path: string, pick: (output: Expected) => unknown): Ref => ({
  text: shown(`${id}.${path}`),
  read: ({ outputs }) => cutOf(pick(outputs.get(id) ?? {})),
});
export const inner = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null ? (value as Expected)[key] : undefined;

export const INPUT: Ref = { text: shown("input.text"), read: ({ input }) => cutOf(input) };
export const ofName = (name: keyof Names): Ref => ({
  text: shown(name),
  read: ({ names }) => cutOf(names[name]),
});

export const all = (refs: readonly Ref[]): Ref => ({
  text: refs.map(({ text }) => text).join(","),
  read: (world) => refs.map(({ read }) => read(world)).join(","),
});
