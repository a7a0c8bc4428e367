import { chromium } from "playwright";
import { CHROMIUM_MISSING, findChromium } from "../chromium";
import type { Demo } from "../serve/demo";
import { type Bench, type Figure, figure, percentile, timings } from "./bench";
import { type Running, withServer } from "./server";

const COUNT = 100;
const WARM_UP = 15;

const PAGES: ReadonlyArray<{ who: keyof Demo["users"]; paths: readonly string[] }> = [
  {
    who: "tenantAdmin",
    paths: [
      "/app",
      "/app/agents",
      "/app/workflows",
      "/app/runs",
      "/app/knowledge",
      "/app/usage",
      "/app/billing",
    ],
  },
  { who: "partner", paths: ["/partner", "/partner/customers"] },
  { who: "appAdmin", paths: ["/admin", "/admin/tenants"] },
];

const READS = ["agents", "workflows", "executions", "documents", "usage", "invoices"].map(
  (noun) => `/api/v1/${noun}`,
);

/** Latency of the main pages and API reads, one request at a time, over an empty route of the same server. */
export const http: Bench = {
  name: "http",
  run: () =>
    withServer(async (server) => {
      const floor = await latency(server, "/api/health", {});
      const figures: Figure[] = [];
      for (const { who, paths } of PAGES) {
        const headers = { cookie: await signIn(server, who) };
        for (const path of paths) figures.push(...compare(path, await latency(server, path, headers), floor));
      }
      const headers = { authorization: `Bearer ${server.demo.apiKey}` };
      for (const path of READS) figures.push(...compare(path, await latency(server, path, headers), floor));
      return { figures };
    }),
};

function latency(server: Running, path: string, headers: Record<string, string>): Promise<number[]> {
  return timings(COUNT, WARM_UP, async () => {
    const answer = await fetch(server.url + path, { headers, redirect: "manual" });
    if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}`);
    await answer.arrayBuffer();
  });
}

function compare(path: string, samples: readonly number[], floor: readonly number[]): Figure[] {
  return [0.5, 0.95].map((p) =>
    figure(`${path} p${p * 100}`, percentile(samples, p), "ms", {
      name: `/api/health p${p * 100}`,
      value: percentile(floor, p),
    }),
  );
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
