import { expect, it } from "vitest";
import { newId } from "@/lib/ids";
import { idempotencyKey } from "@/lib/runs/input";
import { runKey } from "./delivery-key";

it("is no key that a caller of the API can send: nobody starts another run in place of a delivery's", () => {
  const key = runKey(newId(), "2026-11-28T09:00:00.000Z");
  expect(idempotencyKey.safeParse(key).success).toBe(false);
});
