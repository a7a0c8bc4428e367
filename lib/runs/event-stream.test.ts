import { setImmediate as allElse } from "node:timers/promises";
import { expect, it } from "vitest";
import { eventStreamResponse } from "./event-stream";

/** A run of which there is always something new, and what was made of it. */
function busyRun() {
  const seen = { made: 0, hasEnded: false };
  async function* open() {
    try {
      while (seen.made < 1_000) yield { revision: ++seen.made };
    } finally {
      seen.hasEnded = true;
    }
  }
  return { seen, open };
}

async function follow(signal: AbortSignal, open: ReturnType<typeof busyRun>["open"]) {
  const { body } = await eventStreamResponse(signal, open);
  if (!body) throw new Error("there is no stream");
  return body.pipeThrough(new TextDecoderStream()).getReader();
}

it("makes no messages ahead of who reads slowly, and ends when nobody reads on", async () => {
  const { seen, open } = busyRun();
  const gone = new AbortController();
  const reader = await follow(gone.signal, open);
  expect((await reader.read()).value).toBe("retry: 1000\n\n");
  expect((await reader.read()).value).toContain("id: 1\n");
  await allElse();
  expect(seen.made).toBeLessThan(10);
  gone.abort();
  await allElse();
  expect(seen).toMatchObject({ hasEnded: true });
  expect(seen.made).toBeLessThan(10);
});

it("gives who reads on all of it, in order, and an end", async () => {
  const { seen, open } = busyRun();
  const reader = await follow(new AbortController().signal, open);
  let text = "";
  for (let read = await reader.read(); !read.done; read = await reader.read()) text += read.value;
  expect([...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id))).toEqual(
    Array.from({ length: 1_000 }, (_, index) => index + 1),
  );
  expect(seen.hasEnded).toBe(true);
});
