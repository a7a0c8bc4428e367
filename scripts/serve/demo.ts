import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { z } from "zod";

const signIn = z.object({ email: z.string(), password: z.string() });

/** What the seed leaves behind so that somebody can sign in. */
const demoSchema = z.object({
  url: z.string().optional(),
  users: z.object({ tenantAdmin: signIn, member: signIn, partner: signIn, appAdmin: signIn }),
  apiKey: z.string(),
});

export type Demo = z.infer<typeof demoSchema>;

const WHO = {
  tenantAdmin: "tenant admin",
  member: "member",
  partner: "partner",
  appAdmin: "app admin",
} as const;

/** What a file of JSON holds; undefined when there is none, or a full disk left half of it. */
export function readJson(path: string): unknown {
  try {
    return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The demo credentials in a file, or null when there are none. */
export function readDemo(path: string): Demo | null {
  return demoSchema.safeParse(readJson(path)).data ?? null;
}

/** Notes in such a file where the server answers; more people may be named there. Only its owner may read it. */
export function noteUrl(path: string, url: string): void {
  const { url: _before, ...rest } = z
    .record(z.string(), z.unknown())
    .parse(JSON.parse(readFileSync(path, "utf8")));
  // Whole or not at all: a start that is stopped here must not leave half a file for the next one.
  const aside = `${path}.new`;
  writeFileSync(aside, `${JSON.stringify({ url, ...rest }, null, 2)}\n`, { mode: 0o600 });
  chmodSync(aside, 0o600);
  renameSync(aside, path);
}

/** What is printed once the server answers. */
export function banner(url: string, demo: Demo | null, note: string): string {
  const lines = ["", `HireBuddha is ready at ${url}`, ""];
  if (demo) {
    for (const [key, label] of Object.entries(WHO)) {
      const user = demo.users[key as keyof typeof WHO];
      lines.push(`  ${label.padEnd(13)} ${user.email.padEnd(30)} ${user.password}`);
    }
    lines.push(`  ${"API key".padEnd(13)} ${demo.apiKey}`, "");
  }
  return `${lines.join("\n")}${note}\n`;
}
