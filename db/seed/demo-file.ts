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

/** The same while it is being made, and of a seed that was ended before its end: then there is no key. */
const soFarSchema = z.object({
  url: z.string().optional(),
  users: z.record(z.string(), signIn),
  apiKey: z.string().optional(),
});

export type DemoSoFar = z.infer<typeof soFarSchema>;

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

/** The credentials of a demo that may not be whole; null when there are none. */
export function readDemoSoFar(path: string): DemoSoFar | null {
  return soFarSchema.safeParse(readJson(path)).data ?? null;
}

/** Writes such a file. Only its owner may read it. */
export function writeDemo(path: string, demo: DemoSoFar): void {
  // Whole or not at all: a start that is stopped here must not leave half a file for the next one.
  const aside = `${path}.new`;
  writeFileSync(aside, `${JSON.stringify(demo, null, 2)}\n`, { mode: 0o600 });
  chmodSync(aside, 0o600);
  renameSync(aside, path);
}
