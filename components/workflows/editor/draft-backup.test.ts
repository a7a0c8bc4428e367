import { afterEach, expect, it, vi } from "vitest";
import { templateGraph } from "@/lib/workflows/templates";
import { dropBackup, forgetBackup, judgeBackup, keepBackup, readBackups } from "./draft-backup";

afterEach(() => vi.unstubAllGlobals());

const [old, sent, mine] = [
  templateGraph("blank", ""),
  templateGraph("answer", ""),
  templateGraph("triage", ""),
];

it("goes on from a kept draft where that is safe, puts it aside where it is not, and forgets what has arrived", () => {
  const backup = { revision: 3, graph: mine, sending: sent };
  expect(judgeBackup(backup, { revision: 3, graph: old })).toBe("continue");
  expect(judgeBackup(backup, { revision: 4, graph: sent })).toBe("continue");
  expect(judgeBackup(backup, { revision: 4, graph: old })).toBe("aside");
  expect(judgeBackup(backup, { revision: 5, graph: sent })).toBe("aside");
  const reordered = { edges: mine.edges, nodes: mine.nodes, version: mine.version };
  expect(judgeBackup(backup, { revision: 9, graph: reordered })).toBe("none");
});

it("keeps what each page has not saved: one that saves takes nothing from another", () => {
  vi.stubGlobal("localStorage", storage());
  const [first, second] = [
    { revision: 3, graph: mine, sending: null },
    { revision: 4, graph: sent, sending: mine },
  ];
  keepBackup("w", "page-1", first);
  keepBackup("w", "page-2", second);
  keepBackup("other", "page-3", first);
  expect(readBackups("w", "page-4").map(({ backup }) => backup)).toEqual([second, first]);
  dropBackup("w", "page-2");
  const [kept, ...others] = readBackups("w", "page-2");
  expect([kept?.backup, others]).toEqual([first, []]);
  expect(readBackups("w", "page-1")).toEqual([]);
  forgetBackup(kept?.key ?? "");
  expect(readBackups("w", "page-2")).toEqual([]);
});

/** As a browser's: what is kept are its own keys. */
function storage(): object {
  const kept: Record<string, unknown> = {};
  const hidden = (value: unknown) => ({ value, enumerable: false });
  return Object.defineProperties(kept, {
    getItem: hidden((key: string) => kept[key] ?? null),
    setItem: hidden((key: string, text: string) => {
      kept[key] = text;
    }),
    removeItem: hidden((key: string) => {
      delete kept[key];
    }),
  });
}
