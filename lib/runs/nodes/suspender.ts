import type { Tx } from "@/db/access";
import type { TenantScope } from "@/db/scope";
import { AppError } from "@/lib/errors";
import { type ConfigOf, type KindName, parseConfig, type SuspendingKind } from "@/lib/workflows/nodes";
import type { FollowUps } from "../follow-up";
import type { HeldStep } from "../settle-step";
import type { NodeResult, NodeValues } from "./runner";

/** What a step that waits for something outside works with: the transaction that holds it. */
export type SuspendContext = {
  readonly tx: Tx;
  readonly scope: TenantScope;
  readonly held: HeldStep;
  readonly ups: FollowUps;
};

/** What a step waits with: shown in the trace while it does. */
export type Waiting = {
  readonly input: Readonly<Record<string, unknown>>;
  readonly detail?: Readonly<Record<string, unknown>>;
  /** When it goes on by itself. */
  readonly wakeAt?: Date;
};

/** How a run that a step started has ended. */
export type ChildEnd = { readonly index: number } & (
  | { readonly status: "completed"; readonly result: unknown }
  | { readonly status: "failed" | "cancelled"; readonly code: string; readonly message: string }
);

/** How a kind that waits runs. All three run inside a transaction and throw AppErrors, which fail the node. */
export type Suspender = {
  /** Starts what is waited for; a result when there is nothing to wait for. */
  begin(
    config: unknown,
    values: NodeValues,
    context: SuspendContext,
  ): Promise<Waiting | { result: NodeResult }>;
  /** Goes on when a run of the step has ended; a result when that was the last. Only kinds that start runs have it. */
  childEnded?(config: unknown, child: ChildEnd, context: SuspendContext): Promise<NodeResult | null>;
  /** What the step gives when its time has come. Only kinds that wait for one have it. */
  due?(config: unknown, context: SuspendContext): Promise<NodeResult>;
};

type Typed<Name extends KindName> = {
  begin(
    config: ConfigOf<Name>,
    values: NodeValues,
    context: SuspendContext,
  ): Promise<Waiting | { result: NodeResult }>;
  childEnded?(config: ConfigOf<Name>, child: ChildEnd, context: SuspendContext): Promise<NodeResult | null>;
  due?(config: ConfigOf<Name>, context: SuspendContext): Promise<NodeResult>;
};

/** A kind that waits, with its config parsed on the way in. */
export function suspender<Name extends SuspendingKind>(kind: Name, how: Typed<Name>): Suspender {
  const { begin, childEnded, due } = how;
  return {
    begin: (config, values, context) => begin(parseConfig(kind, config), values, context),
    ...(childEnded
      ? { childEnded: (config, child, context) => childEnded(parseConfig(kind, config), child, context) }
      : {}),
    ...(due ? { due: (config, context) => due(parseConfig(kind, config), context) } : {}),
  };
}

/** What a run of a container's body gave: the value of its item or round. */
export function bodyResult(result: unknown): unknown {
  return typeof result === "object" && result !== null ? (Reflect.get(result, "value") ?? null) : null;
}

/** What a node says when a run that it started did not complete. `what` names that run: `item 3`. */
export function childFailure(
  nodeName: string,
  what: string,
  child: Extract<ChildEnd, { message: string }>,
): AppError {
  return new AppError("precondition", `“${nodeName}”, ${what}: ${child.message}`, { reason: child.code });
}
