import { expect, it } from "vitest";
import { newId } from "@/lib/ids";
import { inStartLine, MOST_WRITING } from "./start-line";

it("writes few of a tenant's runs at a time, in the order they came, and goes on where one fails", async () => {
  const tenantId = newId();
  const begun: number[] = [];
  const open = Array.from({ length: MOST_WRITING + 2 }, () => Promise.withResolvers<number>());
  const ends = open.map(({ promise }, at) =>
    inStartLine(tenantId, () => {
      begun.push(at);
      return promise;
    }),
  );
  expect(begun).toEqual([0, 1]);
  expect(await inStartLine(newId(), async () => "another's")).toBe("another's");
  open[1]?.reject(new Error("refused"));
  await expect(ends[1]).rejects.toThrow("refused");
  expect(begun).toEqual([0, 1, 2]);
  open[0]?.resolve(0);
  expect(await ends[0]).toBe(0);
  expect(begun).toEqual([0, 1, 2, 3]);
  open[2]?.resolve(2);
  open[3]?.resolve(3);
  expect(await Promise.all([ends[2], ends[3]])).toEqual([2, 3]);
  expect(await inStartLine(tenantId, async () => "later")).toBe("later");
});
