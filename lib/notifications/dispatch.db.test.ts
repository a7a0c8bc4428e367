import { expect, it } from "vitest";
import { enginePort } from "@/db/engine-port";
import { withTestDatabase } from "@/lib/testing/database";
import { dispatchNotices } from "./dispatch";

withTestDatabase();

it("what is told of in a second in which it was looked already is looked for after it, and not a minute later", async () => {
  const db = await enginePort();
  const looked = () =>
    db.query("UPDATE engine.event SET routed_at = now() WHERE routed_at IS NULL AND due_at <= now()");
  const second = () => Math.floor(Date.now() / 1000);
  let began: number;
  do {
    began = second();
    await dispatchNotices();
    await looked();
    await dispatchNotices();
  } while (second() !== began);
  const left = await db.query<{ name: string }>("SELECT name FROM engine.event WHERE routed_at IS NULL");
  expect(left.length).toBeGreaterThan(0);
  // However many are told of in it.
  for (let more = 0; more < 3; more += 1) await dispatchNotices();
  const [all] = await db.query<{ most: number }>(
    "SELECT max(n)::int AS most FROM (SELECT count(*) AS n FROM engine.event GROUP BY substring(id from 'notices:[0-9]+')) s",
  );
  expect(all?.most).toBe(2);
});
