import { randomBytes } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { env } from "@/lib/env";
import { newId } from "@/lib/ids";

const stored = z.object({ authSecret: z.string(), sealingKeys: z.string(), inngestSigningKey: z.string() });

export type AppKeys = z.infer<typeof stored>;

function generate(): AppKeys {
  return {
    authSecret: randomBytes(32).toString("base64url"),
    sealingKeys: `local:${randomBytes(32).toString("base64")}`,
    inngestSigningKey: `signkey-local-${randomBytes(32).toString("hex")}`,
  };
}

/** Keys that nobody configured are made once and kept beside the embedded data, readable by this user only. */
function localKeys(dataDir: string): AppKeys {
  const path = join(dataDir, "keys.json");
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const mine = `${path}.${newId()}`;
  writeFileSync(mine, JSON.stringify(generate()), { mode: 0o600 });
  try {
    // A link fails when the file is there: of two processes starting at once, one wins and both read the same keys.
    linkSync(mine, path);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  } finally {
    rmSync(mine, { force: true });
  }
  return stored.parse(JSON.parse(readFileSync(path, "utf8")));
}

let cached: AppKeys | undefined;

/** The keys of this installation: from the environment where set, else the generated ones. */
export function appKeys(): AppKeys {
  if (cached) return cached;
  const { AUTH_SECRET, HB_KEYS, INNGEST_SIGNING_KEY, DATA_DIR } = env();
  if (AUTH_SECRET && HB_KEYS && INNGEST_SIGNING_KEY) {
    cached = { authSecret: AUTH_SECRET, sealingKeys: HB_KEYS, inngestSigningKey: INNGEST_SIGNING_KEY };
    return cached;
  }
  const local = localKeys(DATA_DIR);
  cached = {
    authSecret: AUTH_SECRET ?? local.authSecret,
    sealingKeys: HB_KEYS ?? local.sealingKeys,
    inngestSigningKey: INNGEST_SIGNING_KEY ?? local.inngestSigningKey,
  };
  return cached;
}
