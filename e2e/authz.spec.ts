import { API_SCOPES } from "@/lib/auth/permissions";
import { ACTIONS } from "./authz-actions";
import { PATHS, type PathRow, type Victim } from "./authz-matrix";
import { addressOf, builtActions, builtPaths } from "./build";
import { Caller } from "./caller";
import { AT_HOME, type Callers, EVERYBODY, gather, LET_IN, type Name } from "./callers";
import { demo } from "./demo";
import { expect, test } from "./fixtures";
import { findVictim } from "./victim";

/** Words that only the demo customer's agents, documents and people have. The partner and app admins know the names. */
const CONTENT = ["Mara, customer", "Theo, assort", "vegetable boxes"];
const NAMES = ["Brightleaf", "brightleaf"];

/** What the fields are called that say what usage costs who sells it, and what of it the partner keeps. */
const SELLERS_FIELDS = /platform_?cost|system_?rate|commission|base_?(price|cost)/i;

let callers: Callers;
let victim: Victim;

test.beforeAll(async ({ playwright, baseURL }) => {
  const origin = baseURL ?? "";
  callers = await gather((name) => Caller.make(playwright, name, origin));
  // Ends the session whose cookie goes on; then another one of the same person is there to be attacked.
  await callers.owner.must("signOutOthersAction", {});
  const spare = await Caller.make(playwright, "spare", origin);
  await spare.signIn(demo().users.tenantAdmin);
  await spare.request.dispose();
  victim = await findVictim(callers.owner, callers.partner, callers.appAdmin);
});

test.afterAll(async () => {
  await Promise.all(Object.values(callers ?? {}).map((caller) => caller.request.dispose()));
});

test("every page, route and action of the build has a row, and no row is left over", () => {
  expect(builtPaths().filter((key) => !(key in PATHS))).toEqual([]);
  expect(Object.keys(PATHS).filter((key) => !builtPaths().includes(key))).toEqual([]);
  const names = builtActions().map((action) => action.name);
  expect(names.filter((name) => !(name in ACTIONS))).toEqual([]);
  expect(Object.keys(ACTIONS).filter((name) => !names.includes(name))).toEqual([]);
  expect(new Set(names).size, "two actions of one name").toBe(names.length);
});

const PLACEHOLDERS: Readonly<Record<string, string>> = { token: "A".repeat(43), nextauth: "session" };

function pathOf(key: string, { query }: PathRow): string {
  const ids: Readonly<Record<string, string>> = victim;
  const address = addressOf(key, (parameter) => ids[parameter] ?? PLACEHOLDERS[parameter] ?? "none");
  return query ? `${address}?${query}` : address;
}

type Answer = { status: number; text: string; to: string };

async function send(caller: Caller, path: string, { post }: PathRow): Promise<Answer> {
  const response = post
    ? await caller.request.post(path, {
        maxRedirects: 0,
        headers: { "content-type": post.contentType, origin: caller.origin },
        data: post.body,
      })
    : await caller.get(path);
  const text = await response.text();
  return { status: response.status(), text, to: response.headers().location ?? "" };
}

/** What somebody must get: in, the door, or "there is no such thing". */
function verdictOf(name: Name, key: string, row: PathRow): "in" | "door" | "nothing" {
  if (!LET_IN[row.for].includes(name)) {
    if (name === "anonymous" || name === "revoked" || name === "unverified") return "door";
    return row.for === "tenantAdmin" ? "door" : "nothing";
  }
  const isForeign = key.includes("[") && row.for !== "visitor" && !AT_HOME[row.for].includes(name);
  return isForeign ? "nothing" : "in";
}

const ADMINS_ONLY = "For admins of this workspace";

function isAtTheDoor({ status, text, to }: { status: number; text: string; to: string }): boolean {
  if (status === 307 || status === 303) return /\/(sign-in|verify-email)(\?|$)/.test(to);
  return [401, 403, 404].includes(status) || (status === 200 && text.includes(ADMINS_ONLY));
}

/** Does something with each of a list, so many at a time: the server answers one while we read another. */
async function withEach<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  const next = async () => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: 4 }, next));
}

for (const name of EVERYBODY) {
  test(`pages and routes as ${name}`, async () => {
    const problems: string[] = [];
    await withEach(builtPaths(), async (key) => {
      const row = PATHS[key];
      if (!row || row.for === "apiKey" || row.for === "engine") return;
      // The mails of everybody are on this page, of the embedded mode only, by design.
      if (key === "/outbox/page" || key.startsWith("/_")) return;
      const answer = await send(callers[name], pathOf(key, row), row);
      const verdict = verdictOf(name, key, row);
      const isRight =
        verdict === "in"
          ? answer.status < 400 || answer.status === 409
          : verdict === "door"
            ? isAtTheDoor(answer)
            : answer.status === 404;
      if (!isRight) problems.push(`${key}: ${answer.status} ${answer.to}, expected ${verdict}`);
      for (const word of forbiddenWords(name, row)) {
        if (answer.text.includes(word)) problems.push(`${key} says ${word}`);
      }
      const isCustomer = name === "owner" || name === "member";
      if (isCustomer && SELLERS_FIELDS.test(answer.text))
        problems.push(`${key} says what it costs its seller`);
    });
    expect(problems).toEqual([]);
  });
}

test("the files of who sells usage say what it costs them", async () => {
  const { tenantId } = victim;
  expect(await callers.appAdmin.read(`/admin/ledger/export?tenantId=${tenantId}`)).toMatch(SELLERS_FIELDS);
  const month = new Date().toISOString().slice(0, 7);
  expect(await callers.partner.read(`/partner/statements/export?month=${month}`)).toMatch(SELLERS_FIELDS);
});

test("an address whose id is none is not there, for the owner too", async () => {
  const problems: string[] = [];
  await withEach(builtPaths(), async (key) => {
    const row = PATHS[key];
    if (!row || !key.includes("Id]") || row.for === "apiKey") return;
    const caller = callers[AT_HOME[row.for][0] ?? "owner"];
    for (const id of ["none", "00000000-0000-7000-8000-000000000000", "%00", "..%2f..%2fetc"]) {
      const path = addressOf(key, () => id);
      const { status } = await send(caller, row.query ? `${path}?${row.query}` : path, row);
      if (![400, 404].includes(status)) problems.push(`${key} with ${id}: ${status}`);
    }
  });
  expect(problems).toEqual([]);
});

/** What a caller must not read: nothing of the customer, or for those who deal with it, not what it works on. */
function forbiddenWords(name: Name, row: PathRow): readonly string[] {
  if (name === "owner" || name === "member" || row.showsExamples) return [];
  if (name === "appAdmin" && row.for === "appAdmin") return [];
  return name === "partner" && row.for === "partner" ? CONTENT : [...CONTENT, ...NAMES];
}

/** Everything that anybody has done so far on the platform, newest first. Jobs have their hours, also while others look. */
async function deeds(): Promise<string[]> {
  const csv = await callers.appAdmin.read("/admin/audit/export?result=done");
  return csv.split("\r\n").filter((line) => line.split(",")[1] !== "job");
}

test("every action, called directly by everybody who may not, is refused and changes nothing", async () => {
  const before = new Set(await deeds());
  const problems: string[] = [];
  await withEach(builtActions(), async ({ name: action }) => {
    const row = ACTIONS[action];
    if (!row || row.for === "visitor") return;
    for (const name of EVERYBODY) {
      const isLetIn = LET_IN[row.for].includes(name);
      const isForeign = row.reaches && !AT_HOME[row.for].includes(name);
      if (isLetIn && !isForeign) continue;
      const { ok, code, data, status, text } = await callers[name].act(action, row.input(victim));
      const isRefused = isLetIn
        ? code === "not_found" || (ok === true && data === null)
        : ok === false
          ? ["unauthenticated", "forbidden", "not_found"].includes(code)
          : status === 404 || /^\/(sign-in|verify-email)/.test(code);
      if (!isRefused) problems.push(`${action} as ${name}: ${status} ok=${ok} ${code}`);
      if (CONTENT.some((word) => text.includes(word))) problems.push(`${action} tells ${name} too much`);
    }
  });
  expect(problems).toEqual([]);
  expect((await deeds()).filter((line) => !before.has(line))).toEqual([]);
});

test("no action and no console route takes a post from another site", async () => {
  const problems: string[] = [];
  const before = new Set(await deeds());
  const foreign: Record<string, string>[] = [
    { origin: "https://evil.example" },
    { origin: "null" },
    { origin: "https://evil.example", "sec-fetch-site": "cross-site" },
  ];
  await withEach(builtActions(), async ({ name }) => {
    for (const headers of name === "createAgentAction" ? foreign : foreign.slice(0, 1)) {
      const input = ACTIONS[name]?.input(victim);
      const { ok, code, status } = await callers.owner.act(name, input, headers);
      if (ok === true || (ok === null && status < 400))
        problems.push(`${name} from ${headers.origin}: ${status} ${code}`);
    }
  });
  for (const key of builtPaths()) {
    const row = PATHS[key];
    if (!row?.post || row.for === "apiKey" || row.for === "address") continue;
    const response = await callers.owner.request.post(pathOf(key, row), {
      headers: { "content-type": row.post.contentType, origin: "https://evil.example" },
      data: row.post.body,
    });
    if (response.status() !== 403) problems.push(`${key}: ${response.status()}`);
  }
  expect(problems).toEqual([]);
  expect((await deeds()).filter((line) => !before.has(line))).toEqual([]);
});

test("the engine's door opens to a signature only, and tells nothing", async () => {
  for (const method of ["GET", "POST", "PUT"]) {
    for (const signature of [
      undefined,
      "t=1700000000&s=00",
      `t=${Math.floor(Date.now() / 1000)}&s=${"a".repeat(64)}`,
    ]) {
      const response = await callers.anonymous.request.fetch(
        "/api/inngest?fnId=hirebuddha-run-execution&stepId=step",
        {
          method,
          headers: {
            "content-type": "application/json",
            ...(signature ? { "x-inngest-signature": signature } : {}),
          },
          ...(method === "GET"
            ? {}
            : { data: '{"event":{"name":"x","data":{}},"events":[],"steps":{},"ctx":{}}' }),
        },
      );
      expect.soft(response.status(), `${method} with ${signature ?? "no signature"}`).toBe(401);
      expect.soft(await response.text()).not.toMatch(/signkey|DATABASE_URL|hb_|postgres:/);
    }
  }
});

type OpenApi = {
  paths: Record<string, Record<string, { requestBody?: { content: Record<string, { example?: unknown }> } }>>;
};

test("every operation of the API wants a key, and another workspace's id is not there", async ({
  playwright,
  baseURL,
}) => {
  const document = (await (await callers.anonymous.get("/api/v1/openapi.json")).json()) as OpenApi;
  const documented = new Set(
    Object.keys(document.paths).map((path) => `/api/v1${path.replace(/^\/api\/v1/, "")}`),
  );
  const routes = builtPaths()
    .filter((key) => PATHS[key]?.for === "apiKey" && !key.includes("[["))
    .map((key) => addressOf(key, (parameter) => `{${parameter}}`));
  expect(
    routes.filter((path) => !documented.has(path)),
    "routes without a line in the reference",
  ).toEqual([]);
  const made = await callers.outsider.must("createApiKeyAction", {
    name: "Outsider",
    scopes: [...API_SCOPES],
    expiry: "30",
  });
  const { key } = made as { key: string };
  const outsider = await playwright.request.newContext({
    ...(baseURL ? { baseURL } : {}),
    extraHTTPHeaders: { authorization: `Bearer ${key}` },
  });
  const ids: Readonly<Record<string, string>> = { ...victim, nodeId: "input" };
  for (const [template, methods] of Object.entries(document.paths)) {
    const path = `/api/v1${template.replace(/^\/api\/v1/, "")}`.replace(
      /\{(\w+)\}/g,
      (_, name: string) => ids[name] ?? "none",
    );
    for (const [method, operation] of Object.entries(methods)) {
      const body = Object.values(operation.requestBody?.content ?? {})[0]?.example;
      const send = { method, ...(body ? { data: body } : {}) };
      const without = await callers.anonymous.request.fetch(path, send);
      expect.soft(without.status(), `${method} ${template} without a key`).toBe(401);
      const missing = { title: "The API key is missing.", reason: "api_key_missing" };
      expect.soft(await without.json(), `${method} ${template} without a key`).toMatchObject(missing);
      const wrong = await callers.anonymous.request.fetch(path, {
        ...send,
        headers: { authorization: `Bearer hb_${"x".repeat(43)}` },
      });
      expect.soft(wrong.status(), `${method} ${template} with a made-up key`).toBe(401);
      const invalid = { title: "The API key is not valid.", reason: "api_key_invalid" };
      expect.soft(await wrong.json(), `${method} ${template} with a made-up key`).toMatchObject(invalid);
      if (!template.includes("{")) continue;
      const foreign = await outsider.fetch(path, send);
      expect.soft(foreign.status(), `${method} ${template} of another workspace`).toBe(404);
    }
  }
  await outsider.dispose();
});
