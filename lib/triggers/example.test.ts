import { expect, it } from "vitest";
import { checkRunInput } from "@/lib/runs/run-input";
import type { InputField } from "@/lib/workflows/kinds/input";
import { exampleCall } from "./example";
import { type Mapping, mapCall } from "./mapping";

const PLAIN: Mapping = { mapping: "same_names", fields: [] };

it("sets every variable of a call that is copied, the secret's too, before it is used", () => {
  for (const isSigned of [true, false]) {
    const call = exampleCall("https://example.com/hook", [], { requiresSignature: isSigned, ...PLAIN });
    const lines = call.split("\n");
    for (const [, name = ""] of call.matchAll(/\$([A-Z_]+)/g)) {
      const set = lines.findIndex((line) => line.startsWith(`${name}=`));
      const used = lines.findIndex((line) => line.includes(`$${name}`));
      expect(set, name).toBeGreaterThanOrEqual(0);
      expect(set, name).toBeLessThan(used);
    }
  }
});

it("names another delivery each time it is made, so that what was changed is run", () => {
  for (const requiresSignature of [true, false]) {
    const call = exampleCall("https://example.com/hook", [], { requiresSignature, ...PLAIN });
    expect(call).toContain("T=$(date +%s)\n");
    expect(call).toMatch(/"HireBuddha-Delivery: [^"]*\$T"/);
  }
});

it("is a call that the webhook takes, however its fields come", () => {
  const asked: InputField[] = [
    { key: "customer", label: "It's who", type: "text", required: true },
    { key: "total", label: "Total", type: "number", required: true },
  ];
  const expressions = [
    { key: "customer", expression: "body.order.customer" },
    { key: "total", expression: " body.order.sum " },
  ];
  const mappings: Mapping[] = [
    { mapping: "same_names", fields: [] },
    { mapping: "expressions", fields: expressions },
  ];
  for (const mapping of mappings) {
    const call = exampleCall("https://example.com/hook", asked, { ...mapping, requiresSignature: false });
    const written = /^BODY='(.*)'$/m.exec(call)?.[1]?.replaceAll("'\\''", "'") ?? "";
    const mapped = mapCall(mapping, asked, { body: JSON.parse(written), headers: {}, query: {} });
    expect(mapped).toEqual({ ok: true, value: { customer: "It's who", total: 42 } });
    expect(checkRunInput(asked, mapped.ok ? mapped.value : {}).ok).toBe(true);
  }
});
