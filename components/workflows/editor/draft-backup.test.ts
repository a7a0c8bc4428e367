import { expect, it } from "vitest";
import { templateGraph } from "@/lib/workflows/templates";
import { judgeBackup } from "./draft-backup";

const [old, sent, mine] = [
  templateGraph("blank", ""),
  templateGraph("answer", ""),
  templateGraph("triage", ""),
];

it("goes on from a kept draft where that is safe, puts it aside where it is not, and forgets what has arrived", () => {
  const backup = { revision: 3, graph: mine, sending: sent };
  expect(judgeBackup(null, { revision: 3, graph: old })).toBe("none");
  expect(judgeBackup(backup, { revision: 3, graph: old })).toBe("continue");
  expect(judgeBackup(backup, { revision: 4, graph: sent })).toBe("continue");
  expect(judgeBackup(backup, { revision: 4, graph: old })).toBe("aside");
  expect(judgeBackup(backup, { revision: 5, graph: sent })).toBe("aside");
  const reordered = { edges: mine.edges, nodes: mine.nodes, version: mine.version };
  expect(judgeBackup(backup, { revision: 9, graph: reordered })).toBe("none");
});
