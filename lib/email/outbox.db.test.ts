import { describe, expect, it } from "vitest";
import { asSystem } from "@/db/access";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { listOutbox } from "./outbox";
import { queueMail } from "./queue";

withTestDatabase();

describe("the outbox", () => {
  it("shows the newest mail first, and only those to an address that is asked for, or to a part of one", async () => {
    for (const to of ["ada@north.example", "Bo@south.example", "ada@north.example"])
      await asSystem("test", (tx) =>
        queueMail(tx, { to, subject: `Hello ${to}`, body: "Welcome.", idempotencyKey: newId() }),
      );
    const recipients = async (to?: string) =>
      (await listOutbox(to === undefined ? {} : { to })).map(({ recipient }) => recipient);
    expect(await recipients()).toEqual(["ada@north.example", "Bo@south.example", "ada@north.example"]);
    expect(await recipients("ada@north.example")).toEqual(["ada@north.example", "ada@north.example"]);
    expect(await recipients("bo@SOUTH")).toEqual(["Bo@south.example"]);
    expect(await recipients("%")).toEqual([]);
  });
});
