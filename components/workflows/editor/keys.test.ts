import { expect, it } from "vitest";
import { keyFrom } from "./keys";

it("makes keys that templates can name, each once", () => {
  const taken = new Set(["refund", "else"]);
  expect(keyFrom("Refund asked!", taken)).toBe("refund_asked");
  expect(keyFrom("Refund", taken)).toBe("refund_2");
  expect(keyFrom("Else", taken)).toBe("else_2");
  expect(keyFrom("2. Größe & Écart", taken)).toBe("gro_e_ecart");
  expect(keyFrom("退款", taken)).toBe("");
  expect(keyFrom("a".repeat(80), taken)).toHaveLength(40);
});
