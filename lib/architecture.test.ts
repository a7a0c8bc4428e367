import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "..");
const FOLDERS = ["app", "components", "db", "inngest", "lib"];

function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return walk(path);
    return /\.tsx?$/.test(entry.name) ? [relative(ROOT, path)] : [];
  });
}

type Source = { path: string; text: string; imports: { from: string; isTypeOnly: boolean }[] };

const IMPORT =
  /^\s*(import|export)\s+(type\s+)?[^;]*?\sfrom\s+"([^"]+)"|^\s*import\s+"([^"]+)"|import\(\s*"([^"]+)"\s*\)/gm;

function importsOf(text: string): Source["imports"] {
  return [...text.matchAll(IMPORT)].map((match) => ({
    from: match[3] ?? match[4] ?? match[5] ?? "",
    isTypeOnly: match[2] !== undefined,
  }));
}

const all: Source[] = FOLDERS.flatMap((folder) => walk(join(ROOT, folder))).map((path) => {
  const text = readFileSync(join(ROOT, path), "utf8");
  return { path, text, imports: importsOf(text) };
});
const isTest = (path: string) =>
  /\.test\.tsx?$|(^|\/)testing(\.ts|\/)|-testing\.ts$|crash-|probes\.ts$/.test(path);
const product = all.filter((source) => !isTest(source.path));

/** The project file an import leads to, without its ending; null for packages. */
function targetOf(source: Source, from: string): string | null {
  if (from.startsWith("@/")) return from.slice(2);
  return from.startsWith(".") ? relative(ROOT, resolve(ROOT, dirname(source.path), from)) : null;
}

/** Files of `sources` with an import that `isBad` names. */
function offenders(
  sources: Source[],
  isBad: (target: string, source: Source, isTypeOnly: boolean) => boolean,
): string[] {
  return sources.flatMap((source) =>
    source.imports
      .filter(({ from, isTypeOnly }) =>
        isBad(targetOf(source, from) ?? `package:${from}`, source, isTypeOnly),
      )
      .map(({ from }) => `${source.path} imports ${from}`),
  );
}

const under = (folder: string) => product.filter((source) => source.path.startsWith(`${folder}/`));
const matching = (sources: Source[], pattern: RegExp) =>
  sources.filter((source) => pattern.test(source.text)).map((source) => source.path);

describe("imports flow one way", () => {
  it("lib knows neither pages, components nor functions", () => {
    expect(
      offenders(under("lib"), (target) => /^(app|components|inngest\/functions)(\/|$)/.test(target)),
    ).toEqual([]);
  });

  it("Next is known in lib to auth and actions alone", () => {
    const allowed = /^lib\/(auth\/|action\.ts)/;
    expect(
      offenders(
        under("lib"),
        (target, source) => /^package:next(\/|$)/.test(target) && !allowed.test(source.path),
      ),
    ).toEqual([]);
  });

  it("components take no database, no verbs and no server code", () => {
    const isServer = (target: string) =>
      /^db\//.test(target) ||
      /^lib\/.*\/(queries|commands|store)(\/|$)/.test(target) ||
      target === "package:server-only";
    expect(
      offenders(under("components"), (target, _source, isTypeOnly) => !isTypeOnly && isServer(target)),
    ).toEqual([]);
  });

  it("the database knows nothing of the product", () => {
    const known = /^(db\/|lib\/(env|errors|ids|log|clock)$|inngest\/engine\/(schema|port)$|package:)/;
    const schema = under("db").filter((source) => !source.path.startsWith("db/seed/"));
    expect(offenders(schema, (target) => !known.test(target))).toEqual([]);
  });

  it("the engine imports nothing of the app", () => {
    expect(
      offenders(under("inngest/engine"), (target) => !/^(inngest\/engine\/|package:)/.test(target)),
    ).toEqual([]);
  });

  it("the product knows nothing of what its journeys and tests are made of", () => {
    expect(offenders(product, (target) => /^(e2e|scripts)\//.test(target))).toEqual([]);
  });

  it("the pool is opened through the handles, by the engine and by scripts alone", () => {
    const allowed = /^(db\/|inngest\/|lib\/testing\/)/;
    expect(
      offenders(product, (target, source) => target === "db/pool" && !allowed.test(source.path)),
    ).toEqual([]);
  });

  it("has no cycles between files", () => {
    const byPath = new Map(product.map((source) => [source.path.replace(/\.tsx?$/, ""), source]));
    const state = new Map<string, "open" | "done">();
    const cycles: string[] = [];
    const visit = (path: string, trail: string[]): void => {
      if (state.get(path) === "done") return;
      if (state.get(path) === "open") {
        cycles.push([...trail.slice(trail.indexOf(path)), path].join(" -> "));
        return;
      }
      state.set(path, "open");
      const source = byPath.get(path);
      for (const { from, isTypeOnly } of source?.imports ?? []) {
        const target = source && !isTypeOnly ? targetOf(source, from) : null;
        if (target && byPath.has(target)) visit(target, [...trail, path]);
      }
      state.set(path, "done");
    };
    for (const path of byPath.keys()) visit(path, []);
    expect(cycles).toEqual([]);
  });
});

describe("the doors", () => {
  it("only the settings module reads the environment", () => {
    const allowed = /^(lib\/env\.ts|inngest\/engine\/)/;
    expect(matching(product, /\bprocess\.env\b/).filter((path) => !allowed.test(path))).toEqual([]);
  });

  it("pages offer what may be done now, which is less in a suspended workspace too", () => {
    expect(matching(under("app"), /\.isReadOnly\b/)).toEqual([]);
  });

  it("jobs are told what time it is by the database, whichever process they run in", () => {
    const jobs = product.filter(({ path }) => path.startsWith("inngest/functions/"));
    expect(matching(jobs, /\bcurrentTime\(|\bnew Date\(\)/)).toEqual([]);
  });

  it("scopes are minted where identity was proved", () => {
    const minting = product
      .filter((source) => /\bmintScope\b/.test(source.text))
      .map((source) => source.path);
    expect(minting.sort()).toEqual(["db/scope.ts", "lib/auth/scope.ts"]);
  });

  it("the system handle is used before a tenant is known, and by those listed here", () => {
    const allowed =
      /^(db\/|lib\/(accounts|auth|email|rate-limit|models|health|api-keys)\/|lib\/(action|present-time)\.ts|lib\/partners\/commands|lib\/team\/|lib\/admin\/commands\/partners\.ts|lib\/tenants\/(handovers|seller-queries|suspension)\.ts|lib\/billing\/(commands\/|run-checks\.ts|hosted\.ts)|lib\/wallet\/(alerts|unpaid|commands\/grant)\.ts|lib\/(runs|knowledge|triggers|notifications|approvals|wallet)\/(commands\/)?sweep\.ts|lib\/triggers\/address\.ts|lib\/usage\/count\.ts|lib\/(dunning|stripe|payments|payouts|reconcile|subscriptions)\/)/;
    expect(matching(product, /\basSystem\(/).filter((path) => !allowed.test(path))).toEqual([]);
  });

  it("outbound calls leave through one door", () => {
    const allowed = /^(lib\/http\/|lib\/ai\/|lib\/health\/|inngest\/|lib\/runs\/nodes\/http)/;
    const calls = product.filter(
      (source) => !/"use client"/.test(source.text) && !source.path.startsWith("components/"),
    );
    expect(matching(calls, /(?<![.\w])fetch\(/).filter((path) => !allowed.test(path))).toEqual([]);
    const isClient = (target: string) => /^package:(undici|node:https?|axios)$/.test(target);
    const clients = offenders(
      product,
      (target, source, isTypeOnly) => !isTypeOnly && isClient(target) && !allowed.test(source.path),
    );
    expect(clients).toEqual([]);
  });

  it("nothing evaluates text as code, and only the parser starts processes", () => {
    expect(matching(product, /\beval\(|new Function\(|node:vm\b/)).toEqual([]);
    expect(matching(product, /node:(child_process|worker_threads)/)).toEqual(["lib/knowledge/parse/run.ts"]);
  });

  it("vendors are known to their adapters", () => {
    expect(
      offenders(
        product,
        (target, source) =>
          /^package:(ai|@ai-sdk\/.*)$/.test(target) && !/^lib\/(ai|agents\/tools)\//.test(source.path),
      ),
    ).toEqual([]);
    expect(
      offenders(
        product,
        (target, source) => target.startsWith("package:@aws-sdk/") && !source.path.startsWith("lib/storage/"),
      ),
    ).toEqual([]);
    expect(
      offenders(
        product,
        (target, source) => target === "package:nodemailer" && !source.path.startsWith("lib/email/"),
      ),
    ).toEqual([]);
  });
});

describe("what people type", () => {
  it("is never cut by the browser, which does so without a word: the server says what is too long", () => {
    // What is looked for in a list stays in its box for all to see.
    const allowed = /^components\/shared\/search-input\.tsx$/;
    expect(matching(product, /\bmaxLength=/).filter((path) => !allowed.test(path))).toEqual([]);
  });
});

describe("what a page asks of the server", () => {
  it("says who the page was opened as, so that nothing is done for who has signed in since", () => {
    const allowed = /^components\/shell\/use-sign-out\.ts: signOut$/;
    const isNoAction = /^(replaceState|addLevel|arrange)$/;
    const calls = product
      .filter(({ path }) => /^(app|components)\//.test(path))
      .flatMap(({ path, text }) =>
        [...text.matchAll(/(\w+)\(\s*null,/g)].map(([, name = ""]) => ({ path, name })),
      );
    const unsaid = calls
      .filter(({ name }) => !isNoAction.test(name))
      .map(({ path, name }) => `${path}: ${name}`)
      .filter((call) => !allowed.test(call));
    expect(unsaid).toEqual([]);
  });
});

describe("verbs and actions", () => {
  /** An exported verb over a scope: its name and the first lines of its body. */
  const VERB =
    /export async function (\w+)\(\s*scope: (?:TenantScope|PartnerScope|PlatformScope)\b[\s\S]*?\)(?:: Promise<[\s\S]*?>)? \{\n([^\n]*\n[^\n]*\n[^\n]*)/g;
  /** Authorizes, or begins with another verb that does. */
  const AUTHORIZES =
    /^\s*(const \{ actor \} = scope;\s*)?(authorize\(\s*scope,|return \w+\(scope|const \w+ = await (get|find)\w+\(scope)/;

  it("authorize before anything else", () => {
    const files = under("lib").filter((source) => /\/(queries|commands)(\.ts$|\/)/.test(source.path));
    const verbs = files.flatMap((source) =>
      [...source.text.matchAll(VERB)].map(([, name, body = ""]) => ({
        name: `${source.path}: ${name}`,
        body,
      })),
    );
    expect(verbs.length).toBeGreaterThan(60);
    expect(verbs.filter(({ body }) => !AUTHORIZES.test(body)).map(({ name }) => name)).toEqual([]);
  });

  it("a file of actions exports wrapper-built actions alone", () => {
    const files = product.filter((source) => /^"use server";/m.test(source.text));
    const other = files.flatMap((source) =>
      [...source.text.matchAll(/^export (?!type )(.*)$/gm)]
        .map(([, line = ""]) => line)
        .filter(
          (line) =>
            !/^const \w+Action(: [^=]+)? = (tenantAction|partnerAction|adminAction|sessionAction|publicAction)\(/.test(
              line,
            ),
        )
        .map((line) => `${source.path}: ${line}`),
    );
    expect(files.length).toBeGreaterThan(5);
    expect(other).toEqual([]);
  });
});

describe("the shape of files", () => {
  it("keeps them under 300 lines", () => {
    const long = product
      .filter((source) => !/^(components\/ui\/|db\/migrations\/|db\/seed\/)/.test(source.path))
      .filter((source) => source.text.split("\n").length > 301)
      .map((source) => `${source.path}: ${source.text.split("\n").length}`);
    expect(long).toEqual([]);
  });

  it("has no escape hatches and nothing left for later", () => {
    const marks = new RegExp(
      ["@ts-(ignore|expect-error|nocheck)", "\\bTO" + "DO\\b", "\\bFIX" + "ME\\b", "biome-ignore-all"].join(
        "|",
      ),
    );
    expect(matching(product, marks)).toEqual([]);
    expect(matching(product, /^(?!\s*(\*|\/\/|\/\*)).*(:\s*any\b(?! )|<any>|\bas any\b)/m)).toEqual([]);
  });

  it("has neither barrels nor grab bags", () => {
    const names = product
      .map((source) => source.path)
      .filter((path) => /(^|\/)(utils?|helpers?|services?|common|misc)(\.tsx?$|\/)/.test(path));
    expect(names).toEqual([]);
    const barrels = product
      .filter((source) => /^(\s*export \* from .*\n?)+$/.test(source.text))
      .map((source) => source.path);
    expect(barrels).toEqual([]);
  });
});
