import { expect, it } from "vitest";
import config from "@/next.config";
import { isTooLarge } from "./form-size";

function formOf(text: string): FormData {
  const data = new FormData();
  data.set("input.question", text);
  return data;
}

it("tells a form that the server would cut off by its size as it is sent", async () => {
  expect(config.experimental?.serverActions?.bodySizeLimit).toBe("4mb");
  const mega = 1024 * 1024;
  expect(await isTooLarge(formOf("x".repeat(3.9 * mega)))).toBe(false);
  expect(await isTooLarge(formOf("x".repeat(4 * mega)))).toBe(true);
  expect(await isTooLarge(formOf("ü".repeat(2.1 * mega)))).toBe(true);
  expect(await isTooLarge(formOf("\n".repeat(2.1 * mega)))).toBe(true);
});
