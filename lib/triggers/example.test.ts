import { expect, it } from "vitest";
import { exampleCall } from "./example";

it("sets every variable of a call that is copied, the secret's too, before it is used", () => {
  for (const isSigned of [true, false]) {
    const call = exampleCall("https://example.com/hook", [], isSigned);
    const lines = call.split("\n");
    for (const [, name = ""] of call.matchAll(/\$([A-Z_]+)/g)) {
      const set = lines.findIndex((line) => line.startsWith(`${name}=`));
      const used = lines.findIndex((line) => line.includes(`$${name}`));
      expect(set, name).toBeGreaterThanOrEqual(0);
      expect(set, name).toBeLessThan(used);
    }
  }
});
