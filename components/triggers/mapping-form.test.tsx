import { expect, it } from "vitest";
import { drawn } from "@/lib/testing/markup";
import { MappingForm } from "./mapping-form";

/** How many of the form's fields can be changed, and how many cannot. */
function fieldsFor(canManage: boolean) {
  const html = drawn(
    <MappingForm
      triggerId="t"
      config={{
        mapping: "expressions",
        fields: [{ key: "order", expression: "body.id" }],
        headers: ["x-shop"],
      }}
      fields={[{ key: "order", label: "Order", type: "text", required: true }]}
      sample={null}
      canManage={canManage}
      action={async () => ({
        ok: true,
        data: { kept: { mapping: "same_names", fields: [], headers: [] } },
      })}
    />,
  );
  const fields = html.match(/<(input|select)\b[^>]*>/g) ?? [];
  const locked = fields.filter((field) => /\sdisabled=""/.test(field));
  return { open: fields.length - locked.length, locked: locked.length };
}

it("lets nobody change what they may not save", () => {
  expect(fieldsFor(true)).toEqual({ open: 3, locked: 0 });
  expect(fieldsFor(false)).toEqual({ open: 0, locked: 3 });
});
