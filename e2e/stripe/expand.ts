import { invalid } from "./fault";
import { pageOf } from "./table";
import type { World } from "./world";

type Finder = (world: World, id: string) => object | null;

/** By the beginning of an id, where the object is. */
const BY_PREFIX: Readonly<Record<string, Finder>> = {
  cus: (world, id) => world.customers.find(id),
  pm: (world, id) => world.paymentMethods.find(id),
  pi: (world, id) => world.paymentIntents.find(id),
  seti: (world, id) => world.setupIntents.find(id),
  ch: (world, id) => world.charges.find(id),
  py: (world, id) => world.charges.find(id),
  re: (world, id) => world.refunds.find(id),
  txn: (world, id) => world.balanceTransactions.find(id),
  in: (world, id) => world.invoices.find(id),
  acct: (world, id) => world.accounts.find(id),
  tr: (world, id) => world.transfers.find(id),
};

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** A copy of an answer in which the ids that `paths` name (`data.latest_charge`) are the objects themselves. */
export function expanded(world: World, answer: object, paths: readonly string[]): object {
  const copy: object = structuredClone(answer);
  for (const path of paths) {
    if (path.split(".").length > 4 + Number(path.startsWith("data."))) {
      throw invalid("You cannot expand more than 4 levels of a property.", { param: "expand" });
    }
    expandAt(world, copy, path.split("."), path);
  }
  return copy;
}

/** Properties that are left out of an answer unless they are asked for. */
const ON_REQUEST: Readonly<Record<string, Finder>> = {
  "invoice.payments": (world, id) =>
    pageOf(
      world.invoicePayments.where((payment) => payment.invoice === id),
      `/v1/invoice_payments?invoice=${id}`,
      { limit: 100 },
    ),
  "invoice.confirmation_secret": (world, id) => {
    const payment = world.invoicePayments.where((one) => one.invoice === id && one.is_default).at(-1);
    const intent = payment ? world.paymentIntents.find(String(payment.payment.payment_intent)) : null;
    return intent ? { client_secret: intent.client_secret, type: "payment_intent" } : null;
  },
  "charge.refunds": (world, id) =>
    pageOf(world.refunds.where((refund) => refund.charge === id).reverse(), `/v1/charges/${id}/refunds`),
};

function expandAt(world: World, value: unknown, [name = "", ...rest]: string[], whole: string): void {
  if (Array.isArray(value)) {
    for (const one of value) expandAt(world, one, [name, ...rest], whole);
    return;
  }
  if (!isObject(value) || name === "") return;
  const asked = ON_REQUEST[`${value.object}.${name}`];
  if (asked) value[name] = structuredClone(asked(world, String(value.id)));
  else if (!(name in value)) {
    throw invalid(
      `This property cannot be expanded (${whole}). You may want to try expanding '${name}' on another object.`,
      { code: "property_not_expandable", param: "expand" },
    );
  }
  const found = value[name];
  if (typeof found === "string") {
    const object = BY_PREFIX[found.split("_")[0] ?? ""]?.(world, found);
    if (object) value[name] = structuredClone(object);
  }
  if (rest.length > 0) expandAt(world, value[name], rest, whole);
}
