import { AppRouterContext } from "next/dist/shared/lib/app-router-context.shared-runtime";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { MappingForm } from "./mapping-form";

const router = {
  back() {},
  forward() {},
  refresh() {},
  push() {},
  replace() {},
  prefetch() {},
  bfcacheId: "",
};

/** How many of the form's fields can be changed, and how many cannot. */
function fieldsFor(canManage: boolean) {
  const html = renderToStaticMarkup(
    <AppRouterContext value={router}>
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
      />
    </AppRouterContext>,
  );
  const fields = html.match(/<(input|select)\b[^>]*>/g) ?? [];
  const locked = fields.filter((field) => /\sdisabled=""/.test(field));
  return { open: fields.length - locked.length, locked: locked.length };
}

it("lets nobody change what they may not save", () => {
  expect(fieldsFor(true)).toEqual({ open: 3, locked: 0 });
  expect(fieldsFor(false)).toEqual({ open: 0, locked: 3 });
});
