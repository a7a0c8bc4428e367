import { expect, it } from "vitest";
import { readInbox } from "./inbox";

const item = {
  id: "n1",
  kind: "run_failed",
  title: "It failed",
  href: "/app/runs/1",
  occurrences: 2,
  isRead: false,
  createdAt: "2026-01-01T12:00:00.000Z",
  outcome: null,
};
const inbox = { unread: 1, latest: [item], approvals: 0 };

it("reads an inbox, and takes nothing else for one", async () => {
  expect(await readInbox(Response.json({ ...inbox, latest: [{ ...item, body: "Why" }] }))).toEqual(inbox);
  const others = [
    new Response("<!doctype html><title>Sign in</title>"),
    new Response(null, { status: 204 }),
    Response.json(inbox, { status: 500 }),
    Response.json(null),
    Response.json({ code: "internal" }),
    Response.json({ ...inbox, latest: null }),
    Response.json({ ...inbox, latest: [{ ...item, href: undefined }] }),
  ];
  for (const response of others) expect(await readInbox(response)).toBeNull();
});
