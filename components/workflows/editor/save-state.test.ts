import { describe, expect, it } from "vitest";
import { templateGraph } from "@/lib/workflows/templates";
import { autosaveWait, isRefusal } from "./save-state";
import { initialState, isDirty, reduce } from "./state";
import type { EditorAction, EditorState } from "./state-types";

const start = initialState(templateGraph("triage", "mini"), 1);

function play(actions: readonly EditorAction[], from: EditorState = start): EditorState {
  return actions.reduce(reduce, from);
}

it("loses nothing in a conflict: theirs or mine, the other stays within reach", () => {
  const mine = play([{ type: "rename", nodeId: "sort", name: "Mine" }]);
  const theirs = templateGraph("answer", "mini");
  const conflicted = reduce(mine, { type: "conflict", message: "newer" });
  expect(conflicted.graph).toBe(mine.graph);
  const taken = reduce(conflicted, { type: "take_theirs", graph: theirs, revision: 7 });
  expect([taken.graph, taken.revision, isDirty(taken)]).toEqual([theirs, 7, false]);
  expect(reduce(taken, { type: "undo" }).graph).toBe(mine.graph);
  const kept = reduce(conflicted, { type: "keep_mine", graph: theirs, revision: 7 });
  expect([kept.graph, kept.revision, isDirty(kept)]).toEqual([mine.graph, 7, true]);
});

it("saves mine over theirs also where I have undone my changes meanwhile", () => {
  const undone = play([
    { type: "rename", nodeId: "sort", name: "Mine" },
    { type: "conflict", message: "newer" },
    { type: "undo" },
  ]);
  expect(undone.graph).toBe(start.graph);
  const kept = reduce(undone, { type: "keep_mine", graph: templateGraph("answer", "mini"), revision: 7 });
  expect([kept.graph, isDirty(kept)]).toEqual([start.graph, true]);
  expect(autosaveWait(kept)).not.toBeNull();
});

it("takes for a refusal what would be said again of the same draft, and nothing that may pass", () => {
  expect((["invalid", "limit_exceeded", "forbidden", "not_found"] as const).every(isRefusal)).toBe(true);
  expect((["upstream", "internal", "rate_limited", "unauthenticated"] as const).some(isRefusal)).toBe(false);
});

describe("a draft that saves itself", () => {
  const changed = play([{ type: "add", kind: "llm", at: { x: 0, y: 0 } }]);
  const { graph } = changed;
  const failed = (isRefused: boolean) =>
    play(
      [
        { type: "saving", graph },
        { type: "save_failed", graph, message: "No", isRefused },
      ],
      changed,
    );

  it("is sent after a change, again when that failed, and one at a time", () => {
    expect(autosaveWait(start)).toBeNull();
    const pause = autosaveWait(changed) ?? 0;
    expect(pause).toBeGreaterThan(0);
    expect(autosaveWait(play([{ type: "saving", graph }], changed))).toBeNull();
    expect(autosaveWait(failed(false))).toBeGreaterThan(pause);
    expect(autosaveWait(play([{ type: "saved", graph, revision: 2 }], changed))).toBeNull();
    expect(autosaveWait(play([{ type: "conflict", message: "Newer" }], changed))).toBeNull();
  });

  it("is not sent again once it was refused, until it is another", () => {
    const refused = failed(true);
    expect([isDirty(refused), autosaveWait(refused)]).toEqual([true, null]);
    const other = play([{ type: "add", kind: "merge", at: { x: 0, y: 0 } }], refused);
    expect(autosaveWait(other)).toBe(autosaveWait(changed));
    // Undone it is the refused one, and done again too.
    const undone = play([{ type: "undo" }], other);
    expect([undone.graph === graph, autosaveWait(undone)]).toEqual([true, null]);
    // Undone as far as what is saved, nothing is left to send.
    expect(autosaveWait(play([{ type: "undo" }], undone))).toBeNull();
  });

  it("is sent also when it was undone as far as what is saved, where what was sent may have arrived", () => {
    for (const undone of [
      play([{ type: "undo" }], failed(false)),
      play([{ type: "save_failed", graph: start.graph, message: "No", isRefused: false }]),
    ]) {
      expect(undone.graph).toBe(start.graph);
      expect([isDirty(undone), autosaveWait(undone)]).toEqual([true, expect.any(Number)]);
      expect(isDirty(play([{ type: "saved", graph: undone.graph, revision: 3 }], undone))).toBe(false);
    }
  });
});
