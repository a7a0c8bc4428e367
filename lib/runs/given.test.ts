import { expect, it } from "vitest";
import type { GraphNode } from "@/lib/workflows/graph";
import { testNode } from "@/lib/workflows/graph-testing";
import { branchOfPin } from "./given";

const pinned = (node: GraphNode, pin: NonNullable<GraphNode["pin"]>) => branchOfPin({ ...node, pin });

it("lets a pinned output go the way that the node's own field names, whatever else is in it", () => {
  const approval = testNode("ask", "approval");
  const answer = (decision: string) => ({
    decision,
    answer: {},
    comment: "approved",
    answeredBy: "rejected",
  });
  expect(pinned(approval, answer("rejected"))).toBe("rejected");
  expect(pinned(approval, answer("approved"))).toBe("approved");
  expect(pinned(testNode("is", "condition"), { result: false })).toBe("false");
  expect(pinned(testNode("which", "switch"), { case: "else" })).toBe("else");
  expect(pinned(testNode("which", "switch"), { case: null })).toBe("first");
  expect(pinned(testNode("t", "transform"), { text: "a" })).toBeNull();
});

it("lets the output of a failure go on at On error, and no other", () => {
  const call = { ...testNode("call", "http"), policy: { onError: "branch" as const } };
  expect(pinned(call, { error: { code: "timeout", message: "It took too long." } })).toBe("error");
  expect(pinned(call, { status: 200, body: "error", headers: {} })).toBe("out");
});
