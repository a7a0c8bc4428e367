import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { templateGraph } from "@/lib/workflows/templates";
import { forgetAside, leftBy, listAsides, setAside } from "./set-aside";

const unsaved = { graph: templateGraph("answer", ""), origin: "unsaved" } as const;
const mine = { graph: templateGraph("triage", ""), origin: "mine" } as const;

let kept: Map<string, string>;
let isFull: boolean;

beforeEach(() => {
  kept = new Map();
  isFull = false;
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem(key: string, text: string) {
      if (isFull) throw new Error("full");
      kept.set(key, text);
    },
    removeItem: (key: string) => kept.delete(key),
  });
});
afterEach(() => vi.unstubAllGlobals());

it("keeps each draft that is put aside until it is forgotten itself", () => {
  expect(setAside("w", unsaved)).toBe(true);
  expect(setAside("w", mine)).toBe(true);
  expect(setAside("w", unsaved)).toBe(true);
  expect(listAsides("w")).toEqual([unsaved, mine]);
  expect(listAsides("another")).toEqual([]);
  forgetAside("w", unsaved);
  expect(listAsides("w")).toEqual([mine]);
  forgetAside("w", mine);
  expect(kept.size).toBe(0);
});

it("says so when the browser keeps nothing, and loses none of what it has", () => {
  setAside("w", mine);
  isFull = true;
  expect(setAside("w", unsaved)).toBe(false);
  expect(listAsides("w")).toEqual([mine]);
});

it("reads past what cannot be read", () => {
  for (const text of ["{", "{}", '[{"origin":"mine"}]', JSON.stringify([{ graph: {}, origin: "mine" }])]) {
    kept.set("hirebuddha:asides:w", text);
    expect(listAsides("w")).toEqual([]);
  }
});

it("leaves the other of two drafts, whichever is gone on with, also after undo and redo", () => {
  const theirs = { graph: templateGraph("blank", ""), origin: "theirs" } as const;
  const choice = { chosen: theirs, other: mine };
  expect(leftBy(choice, theirs.graph)).toBe(mine);
  expect(leftBy(choice, mine.graph)).toBe(theirs);
  expect(leftBy(choice, unsaved.graph)).toBeNull();
});
