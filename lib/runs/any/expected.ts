import type { GraphEdge } from "@/lib/workflows/graph";

/** What a node gives. */
export type Expected = Readonly<Record<string, unknown>>;

/** The names of the body that a node is in. */
export type Names = { readonly [name in "item" | "index" | "round" | "last"]?: unknown };

/** A run as it should go: worked out in the order of its nodes, by nothing but the rules for people. */
export type World = {
  readonly input: string;
  readonly names: Names;
  /** What nodes gave, here and around; nothing of one that was skipped. */
  readonly outputs: ReadonlyMap<string, Expected>;
  isBroken(id: string): boolean;
  /** A round or an item: what it gives; null when it fails. */
  within(level: Level, names: Names, value: Reading): string | null;
  /** A called workflow: what it gives; null when it fails. */
  call(level: Level, input: string): Expected | null;
};

export type Reading = (world: World) => string;

export type Part = {
  readonly id: string;
  readonly ports: readonly [string, ...string[]];
  readonly from: readonly GraphEdge[];
  /** @returns null when it fails and with it what it is in */
  readonly run: (world: World, live: readonly string[]) => End | null;
};

type End = {
  readonly port: string;
  readonly output: Expected;
  /** How many fees of a node it costs: none where it did not do what it is for; one unless told. */
  readonly fees?: number;
};

/** The nodes of a graph or a body, each after those before it. */
export type Level = {
  readonly parts: readonly Part[];
  readonly refs: { readonly text: string; readonly read: Reading };
};

export type ExpectedRun = {
  /** Null when the run fails. */
  readonly result: Expected | null;
  /** How many fees of a node are paid; null where that depends on which of them came before a failure. */
  readonly paid: number | null;
};

/** What a run of a drawn workflow comes to. @param broken the ids of the nodes that are refused by their service */
export function expectedRun(level: Level, input: string, broken: ReadonlySet<string>): ExpectedRun {
  let paid = 0;
  let hasFailed = false;
  const isBroken = (id: string) => broken.has(id);

  function go(
    { parts }: Level,
    input: string,
    names: Names,
    around: ReadonlyMap<string, Expected>,
  ): World | null {
    const outputs = new Map(around);
    const ports = new Map<string, string>();
    const world: World = {
      input,
      names,
      outputs,
      isBroken,
      within: (body, own, value) => {
        const end = go(body, input, { ...names, ...own }, outputs);
        return end && value(end);
      },
      call: (called, given) => {
        const end = go(called, given, {}, new Map());
        return end && resultOf(called, end);
      },
    };
    for (const { id, from, run } of parts) {
      const live = from.filter(({ source, sourcePort }) => ports.get(source) === sourcePort);
      if (from.length > 0 && live.length === 0) continue;
      const end = run(
        world,
        live.map(({ source }) => source),
      );
      if (!end) {
        hasFailed = true;
        return null;
      }
      ports.set(id, end.port);
      outputs.set(id, end.output);
      paid += end.fees ?? 1;
    }
    return world;
  }

  const end = go(level, input, {}, new Map());
  return { result: end && resultOf(level, end), paid: hasFailed ? null : paid };
}

/** What the output gives, the last node of a graph; nothing when it was skipped. */
function resultOf({ parts }: Level, { outputs }: World): Expected {
  return outputs.get(parts.at(-1)?.id ?? "") ?? {};
}
