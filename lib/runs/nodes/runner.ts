import type { TenantScope } from "@/db/scope";
import type { Need } from "@/lib/metering/rates";
import type { UsageSource } from "@/lib/metering/record";
import { type ConfigOf, type KindName, parseConfig } from "@/lib/workflows/nodes";
import type { ValueScope } from "@/lib/workflows/scope";
import type { CallPurpose, MeteredCalls } from "../metered-calls";
import type { StepModels } from "../step-models";

/** What a node can read: the run's input, the outputs before it, and the live branches that lead into it. */
export type NodeValues = {
  readonly nodeName: string;
  /** For templates and expressions. */
  readonly scope: ValueScope;
  readonly runInput: Readonly<Record<string, unknown>>;
  /** Sources of the live edges into the node, in the order of the graph. */
  readonly liveSources: readonly { readonly nodeId: string; readonly output: unknown }[];
};

/** What a node gave. */
export type NodeResult = {
  readonly output: Readonly<Record<string, unknown>>;
  /** What a kind without effects worked on, where that is worth showing. */
  readonly input?: Readonly<Record<string, unknown>>;
  /** The one port that became live, for kinds that choose one. */
  readonly branch?: string;
  /** Shown in the trace beside input and output: citations, the prompt as sent, tool calls. */
  readonly detail?: Readonly<Record<string, unknown>>;
};

/** What a node with an effect works with. */
export type NodeContext = {
  readonly scope: TenantScope;
  readonly executionId: string;
  readonly nodeId: string;
  readonly nodeName: string;
  readonly attempt: number;
  /** Aborts on cancel, and when the node's or the run's time is up. */
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** Model calls made through it are billed when the step is settled. */
  readonly calls: MeteredCalls;
  /** What other usage of this step belongs to. */
  readonly source: UsageSource;
  /** `exec:{id}:{node}:{iteration}`: the start of every idempotency key of this step. */
  readonly stepKey: string;
  /** What was settled with the step's claim about the models it asks. */
  readonly models: StepModels;
};

type Input = Readonly<Record<string, unknown>>;

/**
 * How far an effect may go while its step is being claimed: to its end, where it only reads and costs nothing outside, so
 * that it may be made and broken off in vain; to its first call of a model, which waits until the claim is written; or
 * nowhere.
 */
export type Ahead = "nowhere" | "to_call" | "to_end";

/** How one kind of node runs, with its config parsed on the way in. */
export type Runner =
  | {
      /** Only computes: it runs inside the transaction that stores what it gave. */
      readonly isPure: true;
      compute(config: unknown, values: NodeValues): NodeResult;
    }
  | {
      /** Reaches outside: rendered in the claiming transaction, run outside of any. */
      readonly isPure: false;
      /** What its calls of a model are for; null for a kind that asks none. */
      asks: CallPurpose | null;
      needs(config: unknown): readonly Need[];
      /** @param before what an earlier attempt of the step has shown */
      prepare(
        config: unknown,
        values: NodeValues,
        before: unknown,
      ): { shown: Input; ahead: Ahead; run(context: NodeContext): Promise<NodeResult> };
    };

/** A kind without effects. `compute` throws an AppError that names the node. */
export function pureRunner<Name extends KindName>(
  kind: Name,
  compute: (config: ConfigOf<Name>, values: NodeValues) => NodeResult,
): Runner {
  return { isPure: true, compute: (config, values) => compute(parseConfig(kind, config), values) };
}

type Effect<Name extends KindName, Prepared extends Input> = {
  /** What its calls of a model are for, where it asks one. */
  asks?: CallPurpose;
  /** The resources it uses that are priced by its own config. */
  needs?(config: ConfigOf<Name>): readonly Need[];
  /** What goes out, rendered. */
  prepare(config: ConfigOf<Name>, values: NodeValues): Prepared;
  /** What goes out again on a later attempt, where an earlier one has shown this: undefined when there was none. */
  again?(prepared: Prepared, before: unknown): Prepared;
  /** What of it is stored as the step's input before the effect begins, where it holds what nobody should read later. */
  show?(prepared: Prepared): Input;
  /** Nowhere unless it is told. */
  ahead?(prepared: Prepared): Ahead;
  run(input: Prepared, config: ConfigOf<Name>, context: NodeContext): Promise<NodeResult>;
};

/** A kind that reaches outside. Both functions throw AppErrors; `retryable` decides whether the step is tried again. */
export function effectRunner<Name extends KindName, Prepared extends Input>(
  kind: Name,
  effect: Effect<Name, Prepared>,
): Runner {
  return {
    isPure: false,
    asks: effect.asks ?? null,
    needs: (config) => effect.needs?.(parseConfig(kind, config)) ?? [],
    prepare: (config, values, before) => {
      const parsed = parseConfig(kind, config);
      const prepared = effect.prepare(parsed, values);
      const input = effect.again?.(prepared, before) ?? prepared;
      const shown = effect.show?.(input) ?? input;
      const ahead = effect.ahead?.(input) ?? "nowhere";
      return { shown, ahead, run: (context) => effect.run(input, parsed, context) };
    },
  };
}
