import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { parseArgs } from "node:util";
import { closeDatabase, database } from "@/db/pool";
import { seedAlone } from "@/db/preparation";
import type { PlatformScope, TenantScope } from "@/db/scope";
import { startEngine, stopEngine } from "@/inngest/start";
import { createFirstAdmin } from "@/lib/accounts/first-admin";
import { signUp } from "@/lib/accounts/sign-up";
import { verifyEmail } from "@/lib/accounts/verify-email";
import { createPartner } from "@/lib/admin/commands/partners";
import { createApiKey } from "@/lib/api-keys/commands";
import { API_SCOPES } from "@/lib/auth/permissions";
import { partnerScopeOf, platformScopeOf, tenantScopeOf } from "@/lib/auth/scope";
import { issueCreditNote } from "@/lib/billing/commands/credit-note";
import { type Period, previousMonth } from "@/lib/billing/period";
import { listInvoices } from "@/lib/billing/queries";
import { shiftClock } from "@/lib/clock";
import { AppError } from "@/lib/errors";
import { newId } from "@/lib/ids";
import { microsFromNumeric, microsToCents } from "@/lib/money";
import { createCustomer } from "@/lib/partners/commands/customers";
import { adjustCommission } from "@/lib/payouts/commands/adjust";
import { draftPayouts } from "@/lib/payouts/commands/draft";
import { inviteMember } from "@/lib/team/commands";
import { readDemoSoFar, writeDemo } from "./demo-file";
import { seedFiles } from "./files";
import { MESSAGES, publishInboxWorkflow } from "./inbox";
import { closeLastMonth } from "./last-month";
import { accept, canSignIn, FACTS, mailedToken, type Person, type SignIn, signIn } from "./people";
import { seedPlans } from "./plans";
import { seedPartnerPrices, seedPlatform } from "./platform";
import { payAfterwards } from "./terms";
import { addDocuments, hireStaff, publishAnswerWorkflow, runToEnd, runToQuestion } from "./work";

const DAY_MS = 86_400_000;

const QUESTIONS = [
  ["Ada", "What do I get when my delivery is more than four hours late?"],
  ["Jonas", "Within how many days can unopened pantry goods be returned?"],
  ["Priya", "Until when can my box subscription be paused or cancelled?"],
  ["Lena", "Is there celery in the family vegetable box?"],
  ["Omar", "What does delivery cost?"],
  ["Mia", "Do you repair bicycles?"],
] as const;

/** The demo's people share one password, made for this installation alone. */
function people(password: string) {
  const person = (fullName: string, email: string): Person => ({ fullName, email, password });
  return {
    appAdmin: person("Rosa Platform", "admin@hirebuddha.example"),
    partner: person("Nils Northwind", "nils@northwind.example"),
    tenantAdmin: person("Clara Brightleaf", "clara@brightleaf.example"),
    member: person("Ben Brightleaf", "ben@brightleaf.example"),
    secondCustomer: person("Iris Harbor", "iris@harbor.example"),
    direct: person("Sam Atlas", "sam@atlas.example"),
  };
}

type People = ReturnType<typeof people>;

async function asMember(person: Person): Promise<TenantScope> {
  return tenantScopeOf(await signIn(person.email), FACTS);
}

async function seedOrganizations(who: People, since: Date): Promise<void> {
  await createFirstAdmin({ ...who.appAdmin, workspaceName: "HireBuddha" });
  const platform = platformScopeOf(await signIn(who.appAdmin.email), FACTS);
  if (!platform) throw new Error("the app admin has no platform");
  await seedPlatform(platform, since);
  await seedPlans(platform, since);
  await createPartner(platform, { name: "Northwind Digital", adminEmail: who.partner.email });
  await accept(who.partner);
  const partner = partnerScopeOf(await signIn(who.partner.email), FACTS);
  if (!partner) throw new Error("the partner's admin has no partner");
  await seedPartnerPrices(partner, since);
  await createCustomer(partner, { name: "Brightleaf Foods", adminEmail: who.tenantAdmin.email });
  await accept(who.tenantAdmin);
  await createCustomer(partner, { name: "Harbor Legal", adminEmail: who.secondCustomer.email });
  await accept(who.secondCustomer);
  await inviteMember(await asMember(who.tenantAdmin), { email: who.member.email, role: "user" });
  await accept(who.member);
  await signUp(FACTS, { ...who.direct, workspaceName: "Atlas Robotics" });
  await verifyEmail(FACTS, { token: await mailedToken(who.direct.email) });
}

async function ask(
  scope: TenantScope,
  workflowId: string,
  questions: readonly (readonly [string, string])[],
): Promise<void> {
  for (const [customer, question] of questions)
    await runToEnd(scope, { workflowId, input: { customer, question } });
}

/** Last month's work and its invoice, then this month's first runs, one of which waits for a person. */
async function seedWork(who: People, lastMonth: Period): Promise<string> {
  const admin = await asMember(who.tenantAdmin);
  const platform = platformScopeOf(await signIn(who.appAdmin.email), FACTS);
  if (!platform) throw new Error("the app admin has no platform");
  for (const customer of [who.tenantAdmin, who.secondCustomer])
    await payAfterwards(platform, (await asMember(customer)).tenantId);
  const now = Date.now();
  shiftClock(lastMonth.end.getTime() - 9 * DAY_MS - now);
  await addDocuments(admin, await seedFiles());
  const staff = await hireStaff(admin);
  const workflowId = await publishAnswerWorkflow(admin, staff.support);
  await ask(admin, workflowId, QUESTIONS.slice(0, 3));
  shiftClock(lastMonth.end.getTime() - 4 * DAY_MS - now);
  await ask(admin, workflowId, QUESTIONS.slice(3));
  await runToEnd(admin, {
    agentId: staff.buyer,
    input: { prompt: "What does the peanut butter cost, and which allergens does it have?" },
  });
  await seedSmallTenant(await asMember(who.secondCustomer));
  await seedSmallTenant(await asMember(who.direct));
  shiftClock(0);
  await closeLastMonth(platform, lastMonth, new Date());
  await creditAnAnswer(platform, admin);
  await seedPayout(who, platform);
  await ask(await asMember(who.member), workflowId, [QUESTIONS[0], QUESTIONS[5]]);
  const inboxId = await publishInboxWorkflow(admin, staff.support);
  await runToQuestion(await asMember(who.member), { workflowId: inboxId, input: { messages: MESSAGES } });
  const { key } = await createApiKey(admin, {
    name: "Demo key",
    scopes: [...API_SCOPES],
    expiry: "never",
  });
  return key;
}

async function seedSmallTenant(scope: TenantScope): Promise<void> {
  await addDocuments(scope, (await seedFiles()).slice(1, 2));
  const { support } = await hireStaff(scope);
  await runToEnd(scope, { agentId: support, input: { prompt: "How long can unopened goods be returned?" } });
}

/** A tenth of the customer's invoice is taken back. */
async function creditAnAnswer(platform: PlatformScope, customer: TenantScope): Promise<void> {
  const { items } = await listInvoices(customer, {});
  const [invoice] = items;
  if (!invoice) throw new Error("the customer has no invoice");
  const amount = microsToCents(microsFromNumeric(invoice.totalAmount)) / 10n;
  await issueCreditNote(platform, {
    invoiceId: invoice.id,
    reason: "An answer about delivery was wrong",
    refund: "credit",
    requestKey: newId(),
    lines: [{ description: "Goodwill for one wrong answer", amount: amount > 0n ? amount : 1n }],
  });
}

/** What the partner is paid for the month: a payout that waits to be approved. */
async function seedPayout(who: People, platform: PlatformScope): Promise<void> {
  const partner = partnerScopeOf(await signIn(who.partner.email), FACTS);
  if (!partner) throw new Error("the partner's admin has no partner");
  await adjustCommission(platform, {
    partnerId: partner.partnerId,
    requestKey: newId(),
    amount: 75_000_000n,
    reason: "Bonus for the first customers",
  });
  await draftPayouts();
}

function usersOf(who: People): Record<string, SignIn> {
  return Object.fromEntries(
    Object.entries(who).map(([role, { email, password }]) => [role, { email, password }]),
  );
}

const { out } = parseArgs({ options: { out: { type: "string" } } }).values;
const before = out ? readDemoSoFar(out) : null;
const who = people(before?.users.appAdmin?.password ?? `garden-${randomBytes(9).toString("base64url")}`);

async function main(): Promise<void> {
  const lastMonth = previousMonth(new Date());
  const users = usersOf(who);
  // Before anybody is made with it: whoever a killed seed has made can sign in all the same.
  if (out && !before) writeDemo(out, { users });
  // Prices are older than the first work, so that a history can be made that began a month before it.
  await seedOrganizations(who, previousMonth(lastMonth.start).start);
  await startEngine({ hasServer: false });
  const apiKey = await seedWork(who, lastMonth);
  await stopEngine(10_000);
  if (out) return writeDemo(out, { users, apiKey });
  for (const [role, { email, password }] of Object.entries(users))
    console.log(`${role.padEnd(16)} ${email.padEnd(28)} ${password}`);
  console.log(`API key          ${apiKey}`);
}

/** What is left to do where there is an app admin: an earlier start was ended in the middle, or somebody else made one. */
async function leaveInstalled(): Promise<void> {
  if (!out || before?.apiKey) {
    console.log("The demo workspace is there already.");
    return;
  }
  const asked = await Promise.all(
    Object.entries(before?.users ?? {}).map(async ([role, user]) =>
      (await canSignIn(user)) ? [[role, user]] : [],
    ),
  );
  const users: Record<string, SignIn> = Object.fromEntries(asked.flat());
  if (Object.keys(users).length > 0) return writeDemo(out, { users });
  rmSync(out, { force: true });
  console.log(
    "This database has an app admin already: no demo is made in it. If that is left of a start that was ended while it made the demo, and nobody knows its password, start with an empty database.",
  );
}

try {
  await seedAlone(await database(), main);
} catch (error) {
  if (!(error instanceof AppError) || error.reason !== "already_installed") throw error;
  await leaveInstalled();
}
await closeDatabase();
