import { chromium } from "playwright";
import { z } from "zod";
import type { Demo } from "@/db/seed/demo-file";
import { LONG_RUN_ID, LONG_RUN_STEPS, plantLongRun } from "../../e2e/long-run";
import { CHROMIUM_MISSING, findChromium } from "../chromium";
import { type Bench, type Figure, figure, inTurns, percentile, type Size, timed } from "./bench";
import { type Running, withServer } from "./server";

type Headers = Record<string, string>;
type Target = { path: string; label: string; headers: Headers };

const FLOOR = "/api/health";
const WARM_UP = 15;

/** Latency of the main pages and API reads, one request at a time, over an empty route of the same server. */
export const http: Bench = {
  name: "http",
  needsBuild: true,
  run: (size) =>
    withServer(async (server) => {
      const all = await targets(server);
      // A server that has just started runs slowly; without this, the first target would bear it all.
      for (const { path, headers } of all) await inSequence(WARM_UP, () => get(server.url + path, headers));
      const figures: Figure[] = [];
      for (const target of all) figures.push(...(await latency(server, target, size)));
      return figures;
    }, plantLongRun),
};

async function targets(server: Running): Promise<Target[]> {
  const tenant = { cookie: await signIn(server, "tenantAdmin") };
  const partner = { cookie: await signIn(server, "partner") };
  const admin = { cookie: await signIn(server, "appAdmin") };
  const key = { authorization: `Bearer ${server.demo.apiKey}` };
  const run = await someRun(server, key);
  const plain = (path: string, headers: Headers): Target => ({ path, label: path, headers });
  return [
    plain("/app", tenant),
    plain("/app/runs", tenant),
    { path: `/app/runs/${run}`, label: "/app/runs/{id}, a trace", headers: tenant },
    {
      path: `/app/runs/${LONG_RUN_ID}`,
      label: `/app/runs/{id}, a trace of ${LONG_RUN_STEPS.toLocaleString("en-US")} steps`,
      headers: tenant,
    },
    plain("/app/usage", tenant),
    plain("/partner", partner),
    plain("/admin", admin),
    plain("/api/v1/executions", key),
    { path: `/api/v1/executions/${run}`, label: "/api/v1/executions/{id}", headers: key },
    plain("/api/v1/agents", key),
    plain("/api/v1/usage", key),
  ];
}

const runsSchema = z.object({
  data: z.array(z.object({ id: z.string(), workflowId: z.string().nullable() })).min(1),
});

/** A run of the demo data, one of a workflow when there is any. */
async function someRun(server: Running, headers: Headers): Promise<string> {
  const answer = await fetch(`${server.url}/api/v1/executions?limit=50`, { headers });
  const { data } = runsSchema.parse(await answer.json());
  return (data.find((run) => run.workflowId) ?? data[0])?.id ?? "";
}

async function latency(server: Running, { path, label, headers }: Target, { isQuick }: Size) {
  const samples = await inTurns(
    { rounds: isQuick ? 25 : 100, warmUp: 3, maxMs: isQuick ? 1_500 : 10_000 },
    { subject: () => get(server.url + path, headers), floor: () => get(server.url + FLOOR, {}) },
  );
  return [0.5, 0.95].map((p) =>
    figure(`${label} p${p * 100}`, percentile(samples.subject, p), "ms", {
      name: `${FLOOR} p${p * 100}`,
      value: percentile(samples.floor, p),
    }),
  );
}

async function inSequence(count: number, work: () => Promise<unknown>): Promise<void> {
  for (let n = 0; n < count; n += 1) await work();
}

function get(url: string, headers: Headers): Promise<number> {
  return timed(async () => {
    const answer = await fetch(url, { headers, redirect: "manual" });
    if (answer.status !== 200) throw new Error(`${new URL(url).pathname} answered ${answer.status}`);
    await answer.arrayBuffer();
  });
}

/** Signs in as a person does and gives the cookies. */
async function signIn(server: Running, who: keyof Demo["users"]): Promise<string> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error(CHROMIUM_MISSING);
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  try {
    const page = await browser.newPage({ baseURL: server.url });
    const { email, password } = server.demo.users[who];
    await page.goto("/sign-in");
    await page.getByLabel("E-mail").fill(email);
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
    const cookies = await page.context().cookies();
    return cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
  } finally {
    await browser.close();
  }
}
