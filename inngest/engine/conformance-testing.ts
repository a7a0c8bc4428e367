import { expect, it } from "vitest";
import { newId } from "@/lib/ids";
import { until } from "./testing";

/** An engine with the probes registered, wherever it runs. */
export interface Subject {
  /** The id of the app. */
  id: string;
  /**
   * Whether it also keeps what Inngest's server does not: it takes events in the order they were sent, wakes at the
   * millisecond asked for, and comes to the end of a function with branches once.
   */
  isExact: boolean;
  /** Sends an event of this app. */
  send: (
    name: string,
    data?: Record<string, unknown>,
    extra?: { id?: string; ts?: number },
  ) => Promise<unknown>;
  /** What the probes noted so far, by name. */
  noted: (name: string) => unknown[];
}

const RESEND_MS = 500;

/**
 * What every engine must do to the probes. The expected values are what the open Inngest server 1.43 did to the same
 * functions; nothing here looks into the engine.
 */
export function portableSuite(subjectOf: () => Subject): void {
  const subject: Subject = {
    get id() {
      return subjectOf().id;
    },
    get isExact() {
      return subjectOf().isExact;
    },
    send: (...event) => subjectOf().send(...event),
    noted: (name) => subjectOf().noted(name),
  };
  const { send } = subject;
  const noted = (name: string, count = 1) =>
    until(`${count} × ${name}`, () => (subject.noted(name).length >= count ? subject.noted(name) : null));
  const cancelled = (functionId: string, key: string | null) =>
    until(`the cancellation of ${functionId}`, () =>
      subject.noted("cancelled").some((found) => JSON.stringify(found) === JSON.stringify([functionId, key])),
    );

  /** Once an event for later has come, those sent before it have come too, or never will. */
  async function quiet(): Promise<void> {
    const n = newId();
    await send("marker", { n }, { ts: Date.now() + 3_000 });
    await until("the marker", () => subject.noted("marker").includes(n));
  }

  async function sendUntil(
    isDone: () => boolean,
    events: [string, Record<string, unknown>][],
  ): Promise<void> {
    let sentAt = 0;
    await until("the events to be heard", async () => {
      if (isDone()) return true;
      if (Date.now() - sentAt < RESEND_MS) return false;
      sentAt = Date.now();
      for (const [name, data] of events) await send(name, data);
      return false;
    });
  }

  it.concurrent("runs each step once and gives its output to the next", async () => {
    await send("sequence", { n: 21 });
    expect(await noted("sequence")).toEqual([[{ n: 21 }, 42]]);
    expect(subject.noted("sequence:first")).toEqual([21]);
    expect(subject.noted("sequence:second")).toEqual([42]);
  });

  it.concurrent("tells steps with the same id apart", async () => {
    await send("same-id");
    expect(await noted("same-id")).toEqual([[0, 1, 2]]);
  });

  it.concurrent("gives values back as JSON has them", async () => {
    await send("values");
    const nested = { x: null, z: [1, null], nul: "a\u0000b" };
    expect(await noted("values")).toEqual([[null, "1970-01-01T00:00:00.000Z", nested]]);
  });

  it.concurrent("runs parallel branches, each step once", async () => {
    await send("nested");
    expect(await noted("nested")).toEqual([[10, 20, 30]]);
    expect([...subject.noted("nested:ran")].sort()).toEqual(["a1", "a2", "a3", "b1", "b2", "b3"]);
  });

  it.concurrent("goes on with the first of a race", async () => {
    await send("race");
    expect(await noted("race")).toContain("fast");
  });

  it.concurrent("lets a branch of races go on while another still runs, each step once", async () => {
    await send("dataflow");
    await noted("dataflow");
    if (!subject.isExact) await quiet();
    const ends = subject.noted("dataflow");
    expect(subject.isExact ? ends : [...new Set(ends)]).toEqual(["joined"]);
    expect([...subject.noted("dataflow:began")].sort()).toEqual(["a", "next", "quick", "slow"]);
  });

  it.concurrent("replays promises in the order they were settled", async () => {
    await send("order");
    expect(await noted("order")).toEqual(["fast"]);
  });

  it.concurrent("sleeps for a time and until a date", async () => {
    await send("sleep");
    const [elapsed] = await noted("sleep");
    // Inngest's server rounds what is left until a date to whole seconds.
    expect(elapsed).toBeGreaterThanOrEqual(subject.isExact ? 1_500 : 1_000);
  });

  it.concurrent("resumes on the event an expression or a match picks, and on none after the timeout", async () => {
    await send("wait-if", { k: "a" });
    await send("wait-match", { k: "a" });
    await send("wait-match", { k: "b" });
    // When a run has come to wait cannot be asked of every engine: the events are sent until each has been heard.
    await sendUntil(
      () => subject.noted("wait-match").length === 2,
      [
        ["ok", { k: "b", amount: 99 }],
        ["ok", { k: "a", amount: 5 }],
      ],
    );
    await sendUntil(() => subject.noted("wait-if").length === 1, [["ok", { k: "a", amount: 50 }]]);
    expect(await noted("wait-if")).toEqual([50]);
    const matches = await noted("wait-match", 2);
    expect(matches).toContainEqual(["a", 5, null]);
    expect(matches).toContainEqual(["b", 99, null]);
  });

  it.concurrent("sends events from a step, once by their id", async () => {
    await send("send", { id: `${subject.id}-sent-once-${newId()}` });
    expect(await noted("send")).toEqual([[1, 1]]);
    await noted("received");
    await quiet();
    const received = subject.noted("received");
    expect(received).toHaveLength(1);
    if (subject.isExact) expect(received).toEqual(["step"]);
  });

  it.concurrent("invokes a function and hands over its output, failure or timeout", async () => {
    await send("invoke");
    expect(await noted("invoke")).toEqual([{ got: 7, name: "inngest/function.invoked" }]);
    expect(await noted("invoke:errors")).toEqual([
      [
        ["NonRetriableError", "child failed"],
        ["InngestInvokeTimeoutError", "Timed out wa"],
      ],
    ]);
  });

  it.concurrent("retries a step, keeps those done, and ends in onFailure", async () => {
    await send("step-retry", { n: 8 });
    expect(await noted("on-failure")).toEqual([["RetryAfterError", "boom", 8, `${subject.id}-step-retry`]]);
    expect(subject.noted("step-retry:bad")).toHaveLength(3);
    expect(subject.noted("step-retry:ok")).toHaveLength(1);
  });

  it.concurrent("retries a function and counts its attempts", async () => {
    await send("function-retry");
    expect(await noted("function-retry", 2)).toEqual([
      [0, 1],
      [1, 1],
    ]);
    expect(subject.noted("function-retry:step")).toHaveLength(1);
  });

  it.concurrent("lets a function catch a failed step, alone or among others", async () => {
    await send("caught");
    await send("settled");
    expect(await noted("caught")).toEqual([["NonRetriableError", "bad", "fallback"]]);
    expect(await noted("settled")).toEqual([["fulfilled", "rejected"]]);
  });

  it.concurrent("cancels the run that an event names, and tells", async () => {
    await send("cancel", { k: "gone" });
    await send("cancel", { k: "stays" });
    await noted("cancel:began", 2);
    await send("stop", { k: "gone" });
    await cancelled(`${subject.id}-cancel`, "gone");
    expect(await noted("cancel:survived")).toEqual(["stays"]);
  });

  it.concurrent("cancels a run that does not finish in time", async () => {
    await send("deadline");
    await cancelled(`${subject.id}-deadline`, null);
    expect(subject.noted("deadline:began").length).toBeGreaterThan(0);
    expect(subject.noted("deadline:survived")).toEqual([]);
  });

  it.concurrent("starts a run only where the trigger's expression holds", async () => {
    for (const data of [{ n: 5, plan: "pro" }, { n: 2, plan: "pro" }, { n: 9, plan: "x" }, {}])
      await send("condition", data);
    await send("condition", { n: 6, plan: "pro" });
    await noted("condition", 2);
    await quiet();
    expect([...subject.noted("condition")].sort()).toEqual([5, 6]);
  });

  it.concurrent("delays an event whose time is in the future", async () => {
    await send("later", { sentAt: Date.now() }, { ts: Date.now() + 2_000 });
    const [elapsed] = await noted("later");
    expect(elapsed).toBeGreaterThanOrEqual(2_000);
  });

  it.concurrent("takes an event id, and an idempotency key, once", async () => {
    const once = { id: `${subject.id}-twice-${newId()}` };
    await send("twice", { n: 1 }, once);
    await send("twice", { n: 2 }, once);
    await send("twice", { n: 3 });
    await send("idempotent", { key: "a" });
    await send("idempotent", { key: "a" });
    await send("idempotent", { key: "b" });
    await noted("twice", 2);
    await noted("idempotent", 2);
    await quiet();
    // Whose queue has many readers may read the second of two that come within milliseconds first.
    const firsts = subject.isExact ? [1] : [1, 2];
    const taken = [...subject.noted("twice")].sort();
    expect(firsts.map((first) => [first, 3])).toContainEqual(taken);
    expect([...subject.noted("idempotent")].sort()).toEqual(["a", "b"]);
  });

  it.concurrent("keeps to a concurrency key's limit, and no tenant waits for another's backlog", async () => {
    await Promise.all(Array.from({ length: 8 }, () => send("lanes", { tenant: "big" })));
    await send("lanes", { tenant: "small" });
    // What was done before it was asked for did not delay it.
    const already = subject.noted("lanes").length;
    const marks = (await noted("lanes", 18)) as [string, "in" | "out", number][];
    const inside = { big: 0, small: 0 } as Record<string, number>;
    for (const [tenant, edge] of marks) {
      inside[tenant] = (inside[tenant] ?? 0) + (edge === "in" ? 1 : -1);
      expect(inside[tenant]).toBeLessThanOrEqual(1);
    }
    const behind = marks.slice(already).filter(([, edge]) => edge === "out");
    expect(behind.findIndex(([tenant]) => tenant === "small")).toBeLessThan(4);
  });

  it.concurrent("tells of the end of a run, with its output", async () => {
    await until("the end", () => subject.noted("finished").length > 0);
    expect(subject.noted("finished")).toEqual([42]);
  });
}
