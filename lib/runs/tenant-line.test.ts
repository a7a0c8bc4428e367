import { expect, it } from "vitest";
import { newId } from "@/lib/ids";
import { TenantLine } from "./tenant-line";

it("gives a place to what asks for one on its way, once, and back where that fails", async () => {
  const line = new TenantLine("tested", 2);
  const other = new TenantLine("tested besides", 2);
  const tenantId = newId();
  const open = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const asked: boolean[] = [];
  const asks = open.map(({ promise }) =>
    line.atOnce(tenantId, (mayEnter) => {
      asked.push(mayEnter() && mayEnter());
      return promise;
    }),
  );
  const askOnce = (of: TenantLine) => of.atOnce(tenantId, async (mayEnter) => mayEnter());
  expect(asked).toEqual([true, true]);
  expect([await askOnce(line), await askOnce(other)]).toEqual([false, true]);
  let isBegun = false;
  const inTurn = line.inTurn(tenantId, async () => {
    isBegun = true;
  });
  expect(isBegun).toBe(false);
  open[0]?.reject(new Error("lost"));
  await expect(asks[0]).rejects.toThrow("lost");
  await inTurn;
  expect([isBegun, await askOnce(line)]).toEqual([true, true]);
  await line.atOnce(tenantId, async () => "never asked");
  open[1]?.resolve();
  await asks[1];
});
