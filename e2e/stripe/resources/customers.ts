import type Stripe from "stripe";
import { z } from "zod";
import { invalid } from "../fault";
import { type AddressField, address, created, flag, metadata, paging, takes, text } from "../params";
import { type Call, type Route, route } from "../router";
import { mergedMetadata, type World } from "../world";
import { attachMethod } from "./payment-methods";
import { searchRoute } from "./search";

const shape = {
  address: address.optional(),
  description: text.optional(),
  email: text.optional(),
  invoice_settings: z
    .strictObject({ default_payment_method: text.optional(), footer: text.optional() })
    .optional(),
  metadata: metadata.optional(),
  name: text.optional(),
  phone: text.optional(),
  tax_exempt: z.enum(["", "none", "exempt", "reverse"]).optional(),
};
const create = takes<Stripe.CustomerCreateParams>()({ ...shape, payment_method: text.optional() });
const update = takes<Stripe.CustomerUpdateParams>()({ ...shape, validate: flag.optional() });
type Change = Call<z.infer<z.ZodObject<typeof update, z.core.$strict>>>["params"];

export function addressOf(field: AddressField): Stripe.Address | null {
  if (field === "") return null;
  const { line1, line2, city, state, postal_code, country } = field;
  return {
    line1: line1 || null,
    line2: line2 || null,
    city: city || null,
    state: state || null,
    postal_code: postal_code || null,
    country: country || null,
  };
}

/** The customer, unless it was deleted or never was: 400 with the parameter that named it. */
export function liveCustomer(world: World, id: string, param = "customer"): Stripe.Customer {
  const customer = world.customers.get(id, param);
  if (isDeleted(customer)) throw invalid(`No such customer: '${id}'`, { code: "resource_missing", param });
  return customer;
}

function isDeleted(customer: object): boolean {
  return "deleted" in customer && customer.deleted === true;
}

function apply(world: World, customer: Stripe.Customer, params: Change): void {
  if (params.email !== undefined) {
    if (params.email && !params.email.includes("@")) {
      throw invalid(`Invalid email address: ${params.email}`, { code: "email_invalid", param: "email" });
    }
    customer.email = params.email || null;
  }
  if (params.name !== undefined) customer.name = params.name || null;
  if (params.phone !== undefined) customer.phone = params.phone || null;
  if (params.description !== undefined) customer.description = params.description || null;
  if (params.address !== undefined) customer.address = addressOf(params.address);
  if (params.tax_exempt !== undefined) customer.tax_exempt = params.tax_exempt || "none";
  if (params.invoice_settings?.footer !== undefined) {
    customer.invoice_settings.footer = params.invoice_settings.footer || null;
  }
  const method = params.invoice_settings?.default_payment_method;
  if (method !== undefined) {
    const owned =
      method === "" ? null : world.paymentMethods.get(method, "invoice_settings[default_payment_method]");
    if (owned && owned.customer !== customer.id) {
      throw invalid(
        `The customer does not have a payment method with the ID ${method}. The payment method must be attached to the customer.`,
        { code: "resource_missing", param: "invoice_settings[default_payment_method]" },
      );
    }
    customer.invoice_settings.default_payment_method = owned?.id ?? null;
  }
  customer.metadata = mergedMetadata(customer.metadata, params.metadata);
}

function newCustomer(world: World): Stripe.Customer {
  return {
    id: world.id("cus", 14),
    object: "customer",
    address: null,
    balance: 0,
    created: world.now(),
    currency: null,
    default_source: null,
    delinquent: false,
    description: null,
    discount: null,
    email: null,
    invoice_prefix: world.id("x", 8).slice(2).toUpperCase(),
    invoice_settings: {
      custom_fields: null,
      default_payment_method: null,
      footer: null,
      rendering_options: null,
    },
    livemode: false,
    metadata: {},
    name: null,
    next_invoice_sequence: 1,
    phone: null,
    preferred_locales: [],
    shipping: null,
    tax_exempt: "none",
    test_clock: null,
  } satisfies Stripe.Customer;
}

/** The parts of an object that are about to change, as `previous_attributes` shows them. */
function differing(before: object, after: object): object {
  const now = new Map(Object.entries(after));
  return Object.fromEntries(
    Object.entries(before).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(now.get(name))),
  );
}

export const customerRoutes: readonly Route[] = [
  route("POST /v1/customers", create, ({ world, params: { payment_method, ...params } }) => {
    const customer = newCustomer(world);
    const { invoice_settings, ...rest } = params;
    apply(world, customer, rest);
    world.customers.add(customer);
    if (payment_method) attachMethod(world, payment_method, customer.id);
    if (invoice_settings) apply(world, customer, { invoice_settings });
    world.emit({ type: "customer.created", object: customer });
    return customer;
  }),
  route("GET /v1/customers/:id", {}, ({ world, path }) => {
    const customer = world.customers.get(path.id ?? "");
    return isDeleted(customer) ? { id: customer.id, object: "customer", deleted: true } : customer;
  }),
  route("POST /v1/customers/:id", update, ({ world, params, path }) => {
    const customer = liveCustomer(world, path.id ?? "", "id");
    const before = structuredClone(customer);
    apply(world, customer, params);
    world.emit({ type: "customer.updated", object: customer, previous: differing(before, customer) });
    return customer;
  }),
  route("DELETE /v1/customers/:id", {}, ({ world, path }) => {
    const customer = liveCustomer(world, path.id ?? "", "id");
    for (const method of world.paymentMethods.where((one) => one.customer === customer.id))
      method.customer = null;
    world.emit({ type: "customer.deleted", object: customer });
    return (
      Object.assign(customer, { deleted: true }) && { id: customer.id, object: "customer", deleted: true }
    );
  }),
  route(
    "GET /v1/customers",
    takes<Stripe.CustomerListParams>()({ ...paging, created, email: text.optional() }),
    ({ world, params, url }) =>
      world.customers.page(
        url,
        params,
        (one) => !isDeleted(one) && (params.email === undefined || one.email === params.email),
      ),
  ),
  searchRoute("customers", (world) => world.customers.where((one) => !isDeleted(one))),
];
