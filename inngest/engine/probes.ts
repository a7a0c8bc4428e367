import {
  cron,
  type Inngest,
  NonRetriableError,
  RetryAfterError,
  referenceFunction,
  StepError,
} from "inngest";
import type { TestFunctions } from "./testing";

type Note = <T>(name: string, value: T) => T;
type Options = Omit<Parameters<Inngest["createFunction"]>[0], "id" | "triggers">;
type Handler = Parameters<Inngest["createFunction"]>[1];

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** When the schedule's probe runs: by itself hardly ever. */
export const RARELY = "TZ=Europe/Berlin 0 3 1 1 *";

/**
 * One small function for each thing the engine promises; what they note is compared with the real server's. Their events
 * begin with the app's id: on a shared server no other app hears them.
 */
export function probes(inngest: Inngest, note: Note, schedule = RARELY): TestFunctions {
  const on = (id: string, options: Options & { if?: string; event?: string }, handler: Handler) => {
    const { if: expression, event = `${inngest.id}/${id}`, ...rest } = options;
    const trigger = expression ? { event, if: expression } : { event };
    return inngest.createFunction({ id, retries: 0, triggers: [trigger], ...rest }, handler);
  };
  return [
    ...stepProbes(on, note, inngest.id),
    ...waitingProbes(on, note, inngest.id),
    ...invokeProbes(on, note, inngest.id),
    ...failureProbes(on, note),
    ...flowProbes(on, note),
    inngest.createFunction({ id: "cron", triggers: [cron(schedule)] }, ({ event }) =>
      note("cron", [event.name, event.data]),
    ),
    on("on-cancelled", { event: "inngest/function.cancelled" }, ({ event }) =>
      note("cancelled", [event.data.function_id, event.data.event?.data?.k ?? null]),
    ),
    on(
      "on-finished",
      { event: "inngest/function.finished", if: `event.data.function_id == '${inngest.id}-sequence'` },
      ({ event }) => note("finished", event.data.result),
    ),
  ];
}

type On = (
  id: string,
  options: Options & { if?: string; event?: string },
  handler: Handler,
) => TestFunctions[number];

const stepProbes = (on: On, note: Note, appId: string): TestFunctions => [
  dataflowProbe(on, note),
  on("sequence", {}, async ({ step, event }) => {
    const first = await step.run("first", () => ({ n: note("sequence:first", event.data.n) }));
    const second = await step.run("second", () => note("sequence:second", first.n * 2));
    note("sequence", [first, second]);
    return second;
  }),
  on("same-id", {}, async ({ step }) => {
    const values: unknown[] = [];
    for (let i = 0; i < 3; i++) values.push(await step.run("same", () => i));
    note("same-id", values);
  }),
  on("values", {}, async ({ step }) => {
    const nothing = await step.run("u", () => undefined);
    const date = await step.run("d", () => new Date(0));
    const nested = await step.run("n", () => ({ x: null, y: undefined, z: [1, undefined], nul: "a\u0000b" }));
    note("values", [nothing, date, nested]);
  }),
  on("nested", {}, async ({ step }) => {
    const branch = async (i: number) => {
      const a = await step.run(`a${i}`, () => ({ i, ran: note("nested:ran", `a${i}`) }));
      return step.run(`b${i}`, () => ({ i: a.i * 10, ran: note("nested:ran", `b${i}`) }));
    };
    const ends = await Promise.all([1, 2, 3].map(branch));
    note(
      "nested",
      ends.map((end) => end.i),
    );
  }),
  on("race", {}, async ({ step, group }) => {
    const winner = await group.parallel({ mode: "race" }, () =>
      Promise.race([
        step.run("fast", () => wait(50).then(() => "fast")),
        step.run("slow", () => wait(1_000).then(() => "slow")),
      ]),
    );
    note("race", winner);
  }),
  on("order", {}, async ({ step }) => {
    const first = await Promise.race([
      step.sleep("slow", "4s").then(() => "slow"),
      step.run("fast", () => "fast"),
    ]);
    note("order", first);
  }),
  on("send", {}, async ({ step, event }) => {
    const { id } = event.data;
    const sent = await step.sendEvent("s", [{ name: `${appId}/received`, id, data: { from: "step" } }]);
    const again = await step.sendEvent("again", { name: `${appId}/received`, id, data: { from: "again" } });
    note("send", [sent.ids.length, again.ids.length]);
  }),
  on("received", {}, ({ event }) => note("received", event.data.from)),
];

/** The slow branch ends after the other's last step: it never would if the other had to wait for it. */
function dataflowProbe(on: On, note: Note): TestFunctions[number] {
  let nextRan: () => void = () => {};
  const next = new Promise<void>((resolve) => {
    nextRan = resolve;
  });
  return on("dataflow", {}, async ({ step }) => {
    const node = (id: string, until?: Promise<void>) =>
      step.run({ id, parallelMode: "race" }, async () => {
        note("dataflow:began", id);
        await until;
        if (id === "next") nextRan();
        return note("dataflow:ended", id);
      });
    await node("a");
    await Promise.all([node("slow", next), node("quick").then(() => node("next"))]);
    note("dataflow", await step.run("join", () => "joined"));
  });
}

const waitingProbes = (on: On, note: Note, appId: string): TestFunctions => [
  on("sleep", {}, async ({ step }) => {
    const began = await step.run("began", () => Date.now());
    await step.sleep("one", "1s");
    await step.sleepUntil("until", new Date(began + 1_500));
    note("sleep", Date.now() - began);
  }),
  on("wait-if", {}, async ({ step }) => {
    const found = await step.waitForEvent("w", {
      event: `${appId}/ok`,
      timeout: "20s",
      if: "async.data.amount > 10 && event.data.k == async.data.k",
    });
    note("wait-if", found?.data.amount ?? null);
  }),
  on("wait-match", {}, async ({ step, event }) => {
    const [found, missed] = await Promise.all([
      step.waitForEvent("w1", { event: `${appId}/ok`, timeout: "20s", match: "data.k" }),
      step.waitForEvent("w2", { event: `${appId}/never`, timeout: "1s" }),
    ]);
    note("wait-match", [event.data.k, found?.data.amount ?? null, missed]);
  }),
  on("cancel", { cancelOn: [{ event: `${appId}/stop`, match: "data.k" }] }, async ({ step, event }) => {
    note("cancel:began", event.data.k);
    await step.sleep("z", "4s");
    note("cancel:survived", event.data.k);
  }),
  on("deadline", { timeouts: { finish: "1s" } }, async ({ step }) => {
    note("deadline:began", 1);
    await step.sleep("z", "5s");
    note("deadline:survived", 1);
  }),
];

const invokeProbes = (on: On, note: Note, appId: string): TestFunctions => [
  on("child", {}, async ({ event, step }) => {
    if (event.data.fail) throw new NonRetriableError("child failed");
    if (event.data.slow) await step.sleep("z", "4s");
    return { got: event.data.v, name: event.name };
  }),
  on("invoke", {}, async ({ step }) => {
    const child = referenceFunction({ appId, functionId: "child" });
    const output = await step.invoke("ok", { function: child, data: { v: 7 } });
    const errors = [
      step.invoke("failing", { function: child, data: { fail: true } }),
      step.invoke("late", { function: child, data: { slow: true }, timeout: "1s" }),
    ].map((call) => call.then(String, (error: Error) => [error.name, error.message.slice(0, 12)]));
    // At the end, which is come to once: what is before it is gone through again with each step that ends.
    note("invoke:errors", await Promise.all(errors));
    note("invoke", output);
  }),
];

const failureProbes = (on: On, note: Note): TestFunctions => [
  on(
    "step-retry",
    {
      retries: 2,
      onFailure: ({ error, event }) =>
        note("on-failure", [error.name, error.message, event.data.event.data.n, event.data.function_id]),
    },
    async ({ step }) => {
      await step.run("ok", () => note("step-retry:ok", 1));
      await step.run("bad", () => {
        note("step-retry:bad", 1);
        throw new RetryAfterError("boom", "1s");
      });
    },
  ),
  on("function-retry", { retries: 2 }, async ({ step, attempt }) => {
    const once = await step.run("once", () => note("function-retry:step", 1));
    note("function-retry", [attempt, once]);
    if (attempt < 1) throw new RetryAfterError("later", "1s");
  }),
  on("caught", {}, async ({ step }) => {
    try {
      await step.run("x", () => {
        throw new NonRetriableError("bad");
      });
    } catch (error) {
      const known = error instanceof StepError ? [error.name, error.message] : ["other"];
      note("caught", [...known, await step.run("fallback", () => "fallback")]);
    }
  }),
  on("settled", {}, async ({ step }) => {
    const results = await Promise.allSettled([
      step.run("ok", () => 1),
      step.run("no", () => {
        throw new NonRetriableError("x");
      }),
    ]);
    note(
      "settled",
      results.map((result) => result.status),
    );
  }),
  on("unknown-op", {}, async ({ step }) => {
    await step.waitForSignal("s", { signal: "none", timeout: "1s" });
  }),
];

const flowProbes = (on: On, note: Note): TestFunctions => [
  on("condition", { if: "event.data.n > 3 && event.data.plan == 'pro'" }, ({ event }) =>
    note("condition", event.data.n),
  ),
  on("idempotent", { idempotency: "event.data.key" }, ({ event }) => note("idempotent", event.data.key)),
  on("twice", {}, ({ event }) => note("twice", event.data.n)),
  on("marker", {}, ({ event }) => note("marker", event.data.n)),
  on("later", {}, ({ event }) => note("later", Date.now() - event.data.sentAt)),
  on("lanes", { concurrency: { limit: 1, key: "event.data.tenant" } }, async ({ event, step }) => {
    await step.run("work", async () => {
      note("lanes", [event.data.tenant, "in", Date.now()]);
      // Long beside what an engine takes to hear of the other tenant, on a slow machine too.
      await wait(200);
      note("lanes", [event.data.tenant, "out", Date.now()]);
    });
  }),
];
