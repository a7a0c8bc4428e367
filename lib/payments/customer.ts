import "server-only";
import { eq } from "drizzle-orm";
import type Stripe from "stripe";
import { asSystem } from "@/db/access";
import { tenants } from "@/db/schema/auth";
import { billingProfiles } from "@/db/schema/tax";
import type { TenantScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { AppError } from "@/lib/errors";
import { bodyHash } from "@/lib/stripe/body-hash";
import { nextAttemptKey, stripeKeys } from "@/lib/stripe/keys";
import { type Outgoing, sendOnce } from "@/lib/stripe/request";
import { linkCustomer, lockPayer, type OurMetadata } from "./store";

type Payer = { customerId: string | null; name: string; email: string | null };

async function findPayer(scope: TenantScope): Promise<Payer> {
  return asSystem("stripe-customer", async (tx) => {
    const payer = await lockPayer(tx, scope.tenantId);
    if (!payer) {
      throw new AppError("precondition", "This workspace has no plan yet: choose one first.", {
        reason: "no_subscription",
      });
    }
    const [tenant] = await tx
      .select({ name: tenants.name, legalName: billingProfiles.legalName, email: billingProfiles.emailTo })
      .from(tenants)
      .leftJoin(billingProfiles, eq(billingProfiles.tenantId, tenants.id))
      .where(eq(tenants.id, scope.tenantId));
    if (!tenant) throw new AppError("not_found");
    return {
      customerId: payer.stripeCustomerId,
      name: tenant.legalName ?? tenant.name,
      email: tenant.email,
    };
  });
}

type AnyCustomer = Stripe.Customer | Stripe.DeletedCustomer;

/** Says nothing that may change between two tries: Stripe would refuse the key. */
function creation(tenantId: string, key: string): Outgoing<AnyCustomer> {
  const metadata: OurMetadata = { tenant_id: tenantId };
  return {
    key,
    operation: "customer.create",
    body: { metadata },
    tenantId,
    target: { type: "tenant", id: tenantId },
    send: (stripe, options) => stripe.customers.create({ metadata }, options),
    get: (stripe, id) => stripe.customers.retrieve(id),
    find: async (stripe) => {
      const { data } = await stripe.customers.search({ query: `metadata['tenant_id']:'${tenantId}'` });
      return data[0] ?? null;
    },
  };
}

/** What people at Stripe, and receipts, call the customer. */
async function nameCustomer(
  stripe: Stripe,
  tenantId: string,
  id: string,
  { name, email }: Payer,
): Promise<void> {
  const details = { name, ...(email ? { email } : {}) };
  await sendOnce<{ id: string }>(stripe, {
    key: stripeKeys.customerDetails(id, bodyHash(details)),
    operation: "customer.update",
    body: { id, details },
    tenantId,
    target: { type: "tenant", id: tenantId },
    send: (client, options) => client.customers.update(id, details, options),
    get: async () => ({ id }),
    // Saying it again changes nothing.
    find: async () => null,
  });
}

/** Somebody may have deleted customers at Stripe: the first that is still there, else a new one. */
async function makeCustomer(stripe: Stripe, tenantId: string): Promise<string> {
  let key = stripeKeys.customer(tenantId);
  for (;;) {
    const made = await sendOnce(stripe, creation(tenantId, key));
    if (!made.deleted) return made.id;
    key = nextAttemptKey(key);
  }
}

/**
 * The tenant's customer at Stripe, made when it is first needed. However many ask at once, there is one.
 * @throws AppError `precondition` (`no_subscription`), `upstream`
 */
export async function ensureCustomer(stripe: Stripe, scope: TenantScope): Promise<string> {
  const payer = await findPayer(scope);
  if (payer.customerId) return payer.customerId;
  const id = await makeCustomer(stripe, scope.tenantId);
  await nameCustomer(stripe, scope.tenantId, id, payer);
  await asSystem("stripe-customer", async (tx) => {
    const before = await lockPayer(tx, scope.tenantId);
    if (before?.stripeCustomerId) return;
    await linkCustomer(tx, scope.tenantId, id);
    await audit(tx, scope, {
      action: "billing.link_customer",
      targetType: "tenant",
      targetId: scope.tenantId,
      after: { stripeCustomerId: id },
    });
  });
  return id;
}
