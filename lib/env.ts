import { z } from "zod";

const optional = z.string().trim().min(1).optional();
const url = (protocols: readonly string[], what: string) =>
  z
    .string()
    .trim()
    .refine((value) => protocols.some((protocol) => value.startsWith(protocol)), `set it to ${what}`)
    .optional();

const schema = z.object({
  NODE_ENV: z.enum(["development", "production", "test"]).default("development"),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  /** The address people use, for links in mail. */
  APP_URL: url(["http://", "https://"], "the address of this installation, such as https://hire.example.com"),
  /** Where embedded state lives: database, files, generated keys. */
  DATA_DIR: z.string().trim().min(1).default(".data"),
  DATABASE_URL: url(
    ["postgres://", "postgresql://"],
    "a postgres:// address, or leave it unset for the embedded database",
  ),
  /** Only needed when the driver cannot be told from the host of DATABASE_URL. */
  DATABASE_DRIVER: z.enum(["pg", "neon"]).optional(),
  NEON_WS_PROXY: optional,
  /** Whether statements are prepared on the server; off behind a pooler by transaction, which is told from DATABASE_URL. */
  DATABASE_PREPARE: z.enum(["on", "off"]).optional(),
  DATABASE_POOL: z.coerce.number().int().min(1).max(200).default(16),
  /** Milliseconds after which the work of a process that shows no sign of life is taken over by another. */
  LEASE_MS: z.coerce.number().int().min(500).max(600_000).default(30_000),
  AUTH_SECRET: optional,
  /** `kid:base64,kid:base64`; the first one seals, all of them open. */
  HB_KEYS: optional,
  AUTH_GOOGLE_ID: optional,
  AUTH_GOOGLE_SECRET: optional,
  AUTH_GITHUB_ID: optional,
  AUTH_GITHUB_SECRET: optional,
  INNGEST_EVENT_KEY: optional,
  INNGEST_SIGNING_KEY: optional,
  INNGEST_DEV: optional,
  INNGEST_BASE_URL: url(["http://", "https://"], "the address of an Inngest server"),
  /** `web` only starts runs and leaves the work to `npm run worker`; `all` does both in one process. */
  ENGINE_ROLE: z.enum(["all", "web"]).default("all"),
  /** How long the engine keeps what it knows of runs that have ended; the product's own records stay. */
  ENGINE_RETENTION_DAYS: z.coerce.number().int().min(1).max(365).default(7),
  STORAGE_URL: url(["s3://"], "an s3://bucket/prefix address, or leave it unset for files on disk"),
  S3_ENDPOINT: url(["http://", "https://"], "the address of an S3-compatible service"),
  AWS_REGION: optional,
  AWS_ACCESS_KEY_ID: optional,
  AWS_SECRET_ACCESS_KEY: optional,
  SMTP_URL: url(["smtp://", "smtps://"], "an smtp:// address, or leave it unset for the outbox page"),
  MAIL_FROM: z.string().trim().min(3).default("HireBuddha <no-reply@localhost>"),
  /** How many proxies in front of us set X-Forwarded-For. */
  TRUSTED_PROXIES: z.coerce.number().int().min(0).max(5).default(0),
  /** Loopback or private hosts that operators allow for outbound calls: `127.0.0.1:11434,models.internal`. */
  OUTBOUND_ALLOW: optional,
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
});

export type Env = z.infer<typeof schema> & {
  /** PGlite under DATA_DIR instead of a database server. */
  isEmbeddedDatabase: boolean;
  /** `embedded` unless Inngest's keys or INNGEST_DEV are set. */
  engine: "embedded" | "inngest";
  /** The public address, without a slash at the end. */
  appUrl: string;
};

/** Checks settings. The error is one sentence that says what to set. */
function parseEnv(source: Record<string, string | undefined>): Env {
  const present = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ""));
  const parsed = schema.safeParse(present);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new Error(`The setting ${issue?.path.join(".")} is not valid: ${issue?.message}.`);
  }
  const values = parsed.data;
  const isProduction = values.NODE_ENV === "production";
  if (isProduction && values.DATABASE_URL && !values.AUTH_SECRET) {
    throw new Error("The setting AUTH_SECRET is missing: set it to a random text of at least 32 characters.");
  }
  if (isProduction && values.DATABASE_URL && !values.HB_KEYS) {
    throw new Error("The setting HB_KEYS is missing: set it to main:<32 random bytes in base64>.");
  }
  if (isProduction && values.INNGEST_EVENT_KEY && !values.INNGEST_SIGNING_KEY) {
    throw new Error("The setting INNGEST_SIGNING_KEY is missing: it goes with INNGEST_EVENT_KEY.");
  }
  if (values.ENGINE_ROLE === "web" && !values.DATABASE_URL) {
    throw new Error(
      "The setting ENGINE_ROLE is web, but the embedded database belongs to this process alone: set DATABASE_URL, or leave it out.",
    );
  }
  if (isProduction && values.INNGEST_DEV) {
    // The SDK checks no signature in its dev mode: anybody who reaches the route could run any function.
    throw new Error(
      "The setting INNGEST_DEV is set: it is for development. Set INNGEST_EVENT_KEY and INNGEST_SIGNING_KEY.",
    );
  }
  return {
    ...values,
    isEmbeddedDatabase: values.DATABASE_URL === undefined,
    engine: values.INNGEST_EVENT_KEY || values.INNGEST_DEV ? "inngest" : "embedded",
    appUrl: (values.APP_URL ?? `http://localhost:${values.PORT}`).replace(/\/+$/, ""),
  };
}

let cached: Env | undefined;

/** The settings of this process: the only reader of `process.env`. */
export function env(): Env {
  cached ??= parseEnv(process.env);
  return cached;
}
