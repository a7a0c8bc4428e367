import { expect, it } from "vitest";
import type { Graph } from "@/lib/workflows/graph";
import { templateGraph } from "@/lib/workflows/templates";
import { draftSender } from "./draft-sender";
import type { EditorActions } from "./types";

const [first, second, theirs] = [
  templateGraph("blank", ""),
  templateGraph("answer", ""),
  templateGraph("triage", ""),
];

/** A server that keeps one draft, on a line that can lose what was sent or what was answered. */
function server() {
  const kept = { graph: templateGraph("blank", "mini"), revision: 3 };
  const line = { loses: "nothing" as "nothing" | "requests" | "answers" };
  const save: EditorActions["save"] = async (_, payload) => {
    const { graph, revision } = payload as { graph: Graph; revision: number };
    if (line.loses === "requests") throw new Error("offline");
    const isStale = revision !== kept.revision;
    if (!isStale) Object.assign(kept, { graph: structuredClone(graph), revision: revision + 1 });
    if (line.loses === "answers") throw new Error("cut off");
    if (isStale)
      return { ok: false, error: { code: "conflict", message: "Newer", reason: "stale_revision" } };
    return { ok: true, data: { revision: kept.revision } };
  };
  const load: EditorActions["load"] = async () => {
    if (line.loses !== "nothing") throw new Error("offline");
    return { ok: true, data: structuredClone(kept) };
  };
  return { kept, line, send: draftSender({ save, load }, "workflow") };
}

it("takes a save whose answer got lost as done", async () => {
  const { kept, line, send } = server();
  line.loses = "answers";
  expect((await send({ graph: first, revision: 3 }, true)).ok).toBe(false);
  line.loses = "nothing";
  expect(await send({ graph: first, revision: 3 }, true)).toEqual({ ok: true, revision: 4 });
  expect(kept).toEqual({ graph: first, revision: 4 });
});

it("goes on from it with what was changed since, however often the line broke, and checks what is saved on purpose", async () => {
  const { kept, line, send } = server();
  line.loses = "answers";
  await send({ graph: first, revision: 3 }, true);
  line.loses = "requests";
  await send({ graph: second, revision: 3 }, true);
  line.loses = "nothing";
  expect(await send({ graph: second, revision: 3 }, true)).toEqual({ ok: true, revision: 5 });
  expect(kept.graph).toEqual(second);

  line.loses = "answers";
  await send({ graph: first, revision: 5 }, true);
  line.loses = "nothing";
  expect(await send({ graph: first, revision: 5 }, false)).toEqual({ ok: true, revision: 7 });
});

it("finds a conflict where somebody else saved, whether or not the line broke before", async () => {
  const { kept, line, send } = server();
  Object.assign(kept, { graph: theirs, revision: 4 });
  const conflict = { ok: false, error: expect.objectContaining({ reason: "stale_revision" }) };
  expect(await send({ graph: first, revision: 3 }, true)).toEqual(conflict);
  line.loses = "requests";
  expect(await send({ graph: first, revision: 3 }, true)).not.toEqual(conflict);
  line.loses = "nothing";
  expect(await send({ graph: first, revision: 3 }, true)).toEqual(conflict);
  expect(kept).toEqual({ graph: theirs, revision: 4 });
});

it("says of a draft that is too large what is wrong with it, and does not send it", async () => {
  const { kept, line, send } = server();
  // As a body is that is larger than any request may be.
  line.loses = "requests";
  const nodes = first.nodes.map((node) => ({ ...node, pin: { text: "x".repeat(1_000_001) } }));
  expect(await send({ graph: { ...first, nodes }, revision: 3 }, true)).toEqual({
    ok: false,
    error: { code: "limit_exceeded", message: expect.stringContaining("too large") },
  });
  line.loses = "nothing";
  expect(await send({ graph: theirs, revision: 3 }, true)).toEqual({ ok: true, revision: 4 });
  expect(kept.graph).toEqual(theirs);
});

it("says how to keep the draft of a workflow that somebody deleted", async () => {
  const gone = { ok: false, error: { code: "not_found", message: "This does not exist." } } as const;
  const send = draftSender({ save: async () => gone, load: async () => gone }, "workflow");
  const result = await send({ graph: first, revision: 3 }, true);
  expect(result).toMatchObject({ ok: false, error: { code: "not_found" } });
  expect(result.ok ? "" : result.error.message).toMatch(
    /^Somebody deleted this workflow\. To keep what you see/,
  );
});
