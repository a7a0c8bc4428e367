import { expect, it } from "vitest";
import { newId } from "@/lib/ids";
import { announceRoom, askingForRoom, isRoomToAsk, MOST_ASKING, onRoom } from "./room-line";

/** Transactions that ask, and stay open until they are told how to end. */
function openAsks(tenantId: string, count: number) {
  return Array.from({ length: count }, () => {
    const open = Promise.withResolvers<void>();
    let mayAsk = false;
    const end = askingForRoom(tenantId, (asking) => {
      mayAsk = asking.mayAsk() && asking.mayAsk();
      return open.promise;
    });
    return { ...open, end, mayAsk };
  });
}

it("lets few of a tenant's transactions ask at a time, and those of another as well", async () => {
  const [crowded, other] = [newId(), newId()];
  const asks = openAsks(crowded, MOST_ASKING + 1);
  const [first, ...rest] = asks;
  expect(asks.map(({ mayAsk }) => mayAsk)).toEqual([...Array(MOST_ASKING).fill(true), false]);
  expect([isRoomToAsk(crowded), isRoomToAsk(other)]).toEqual([false, true]);
  first?.resolve();
  await first?.end;
  expect(isRoomToAsk(crowded)).toBe(true);
  for (const { resolve } of rest) resolve();
  await Promise.all(rest.map(({ end }) => end));
});

it("calls as many as there is room for, the longest first, and the next one where a transaction that asked has failed", async () => {
  const tenantId = newId();
  const called: string[] = [];
  const leave = ["left", "a", "b", "c", "d"].map((name) => onRoom(tenantId, () => called.push(name)));
  leave[0]?.();
  announceRoom(newId(), 4);
  announceRoom(tenantId, 2);
  expect(called).toEqual(["a", "b"]);
  const [ask] = openAsks(tenantId, 1);
  ask?.reject(new Error("lost"));
  await expect(ask?.end).rejects.toThrow("lost");
  expect(called).toEqual(["a", "b", "c"]);
  const failed = askingForRoom(tenantId, () => Promise.reject(new Error("never asked")));
  await expect(failed).rejects.toThrow("never asked");
  expect(called).toEqual(["a", "b", "c"]);
});
