import type { z } from "zod";
import type { GraphNode } from "./graph";
import { ERROR_PORT, type NodeKind, type Port } from "./kind";
import { agentKind } from "./kinds/agent";
import { approvalKind } from "./kinds/approval";
import { classifyKind } from "./kinds/classify";
import { conditionKind } from "./kinds/condition";
import { httpKind } from "./kinds/http";
import { inputKind } from "./kinds/input";
import { llmKind } from "./kinds/llm";
import { loopKind } from "./kinds/loop";
import { mapKind } from "./kinds/map";
import { mergeKind } from "./kinds/merge";
import { noteKind } from "./kinds/note";
import { outputKind } from "./kinds/output";
import { retrieveKind } from "./kinds/retrieve";
import { switchKind } from "./kinds/switch";
import { transformKind } from "./kinds/transform";
import { waitKind } from "./kinds/wait";
import { workflowKind } from "./kinds/workflow";

/** Every kind of node, in the order of the palette. A new kind is one file in `kinds/` and one line here. */
const KINDS = {
  input: inputKind,
  agent: agentKind,
  llm: llmKind,
  retrieve: retrieveKind,
  classify: classifyKind,
  condition: conditionKind,
  switch: switchKind,
  merge: mergeKind,
  map: mapKind,
  loop: loopKind,
  wait: waitKind,
  workflow: workflowKind,
  transform: transformKind,
  http: httpKind,
  approval: approvalKind,
  note: noteKind,
  output: outputKind,
} as const;

export type KindName = keyof typeof KINDS;

/** Kinds whose step waits for something outside of it: a time, a person, or other runs. */
export const SUSPENDING_KINDS = ["map", "loop", "wait", "approval", "workflow"] as const satisfies KindName[];

export type SuspendingKind = (typeof SUSPENDING_KINDS)[number];

/** Whether a kind waits for something outside of it, and so is not tried again as a whole. */
export function isSuspending(kind: string): kind is SuspendingKind {
  return SUSPENDING_KINDS.some((name) => name === kind);
}

/** The complete config of a kind, as its schema gives it. */
export type ConfigOf<Name extends KindName> = z.infer<(typeof KINDS)[Name]["config"]>;

export const NODE_KINDS: readonly NodeKind[] = Object.values(KINDS);

export function isKindName(kind: string): kind is KindName {
  return Object.hasOwn(KINDS, kind);
}

/** The kind with this name, or null for a name we do not know. */
export function findKind(kind: string): NodeKind | null {
  return isKindName(kind) ? KINDS[kind] : null;
}

/** The output ports of a node, the one for errors included when its policy asks for it; none of an unknown kind. */
export function portsOfNode(node: GraphNode): readonly Port[] {
  const kind = findKind(node.kind);
  if (!kind) return [];
  const ports = kind.ports(node.config);
  return kind.hasPolicy && node.policy?.onError === "branch" ? [...ports, ERROR_PORT] : ports;
}

/** What a config has to say for a way out to be there. */
const FOR_ALL_PORTS: Readonly<Record<string, GraphNode["config"]>> = { approval: { timeoutHours: 1 } };

/** What a way out of a kind is called. One that a config makes up, such as a case of a switch, is called by its id. */
export function portLabel(kindName: string, portId: string): string {
  const kind = findKind(kindName);
  const own = kind?.ports(FOR_ALL_PORTS[kindName] ?? {}) ?? [];
  const ports = kind?.hasPolicy ? [...own, ERROR_PORT] : own;
  return ports.find(({ id }) => id === portId)?.label ?? portId;
}

/**
 * The complete, typed config of a node of a known kind. Throws a ZodError when it is not complete, which
 * `checkGraph` has excluded for anything that runs.
 */
export function parseConfig<Name extends KindName>(kind: Name, config: unknown): ConfigOf<Name> {
  const schema: z.ZodType = KINDS[kind].config;
  // The registry pairs each name with its own schema; TypeScript cannot follow the pairing through the index.
  return schema.parse(config) as ConfigOf<Name>;
}
