import { z } from "zod";
import { keyRingProblem } from "@/lib/secrets/key-ring";

const optional = z.string().trim().min(1).optional();
const url = (protocols: readonly string[], what: string) =>
  z
    .string()
    .trim()
    .refine((value) => protocols.some((protocol) => value.startsWith(protocol)), `set it to ${what}`)
    .optional();
const hasHost = (value: string | undefined) =>
  value === undefined || (URL.canParse(value) && new URL(value).hostname !== "");
const escaped = "write characters such as # / ? @ of its password as %23 %2F %3F %40";

const schema = z.object({
  NODE_ENV: z.enum(["development", "production", "test"]).default("development"),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  /** The address people use, for links in mail. */
  APP_URL: url(
    ["http://", "https://"],
    "the address of this installation, such as https://hire.example.com",
  ).refine(hasHost, "this is no address: write it as in https://hire.example.com"),
  /** Where embedded state lives: database, files, generated keys. */
  DATA_DIR: z.string().trim().min(1).default(".data"),
  DATABASE_URL: url(
    ["postgres://", "postgresql://"],
    "a postgres:// address, or leave it unset for the embedded database",
  ).refine((value) => value === undefined || URL.canParse(value), escaped),
  /** Only needed when the driver cannot be told from the host of DATABASE_URL. */
  DATABASE_DRIVER: z.enum(["pg", "neon"]).optional(),
  NEON_WS_PROXY: optional,
  /** Whether statements are prepared on the server; off behind a pooler by transaction, which is told from DATABASE_URL. */
  DATABASE_PREPARE: z.enum(["on", "off"]).optional(),
  DATABASE_POOL: z.coerce.number().int().min(1).max(200).default(16),
  /** Milliseconds after which the work of a process that shows no sign of life is taken over by another. */
  LEASE_MS: z.coerce.number().int().min(500).max(600_000).default(30_000),
  AUTH_SECRET: z
    .string()
    .trim()
    .min(
      32,
      "it is too short. Set it to a random text of at least 32 characters, such as openssl rand -base64 32 prints; with another secret everybody signs in once more",
    )
    .optional(),
  /** `kid:base64,kid:base64`; the first one seals, all of them open. */
  HB_KEYS: optional.superRefine((value, ctx) => {
    const problem = value === undefined ? null : keyRingProblem(value);
    if (problem) ctx.addIssue({ code: "custom", message: problem });
  }),
  AUTH_GOOGLE_ID: optional,
  AUTH_GOOGLE_SECRET: optional,
  AUTH_GITHUB_ID: optional,
  AUTH_GITHUB_SECRET: optional,
  INNGEST_EVENT_KEY: optional,
  INNGEST_SIGNING_KEY: optional,
  /** `1`, or the address of a development server; the SDK takes `0` and `false` for off. */
  INNGEST_DEV: optional.transform((value) => (/^(0|false)$/i.test(value ?? "") ? undefined : value)),
  INNGEST_BASE_URL: url(["http://", "https://"], "the address of an Inngest server").refine(
    hasHost,
    "this is no address: write it as in http://127.0.0.1:8288",
  ),
  /** `web` only starts runs and leaves the work to `npm run worker`; `all` does both in one process. */
  ENGINE_ROLE: z.enum(["all", "web"]).default("all"),
  /** How long the engine keeps what it knows of runs that have ended; the product's own records stay. */
  ENGINE_RETENTION_DAYS: z.coerce.number().int().min(1).max(365).default(7),
  STORAGE_URL: url(["s3://"], "an s3://bucket/prefix address, or leave it unset for files on disk").refine(
    hasHost,
    "name a bucket, as in s3://bucket/prefix",
  ),
  S3_ENDPOINT: url(["http://", "https://"], "the address of an S3-compatible service").refine(
    hasHost,
    "this is no address: write it as in https://s3.example.com",
  ),
  AWS_REGION: optional,
  AWS_ACCESS_KEY_ID: optional,
  AWS_SECRET_ACCESS_KEY: optional,
  SMTP_URL: url(["smtp://", "smtps://"], "an smtp:// address, or leave it unset for the outbox page")
    .refine(hasHost, `this is no address: name the server, and ${escaped}`)
    // What a slash or a question mark of the password leaves behind it.
    .refine((value) => !hasHost(value) || !/[/?].*@/.test(value?.slice("smtps://".length) ?? ""), escaped),
  MAIL_FROM: z
    .string()
    .trim()
    .regex(
      /^[^<>]*<[^<>\s]+@[^<>\s]+>$|^[^<>\s]+@[^<>\s]+$/,
      "write it as in HireBuddha <no-reply@example.com>",
    )
    .default("HireBuddha <no-reply@localhost>"),
  /** How many proxies in front of us set X-Forwarded-For. */
  TRUSTED_PROXIES: z.coerce.number().int().min(0).max(5).default(0),
  /** Loopback or private hosts that operators allow for outbound calls: `127.0.0.1:11434,models.internal`. */
  OUTBOUND_ALLOW: optional.refine(
    (value) => value === undefined || value.split(",").every((host) => /^[^\s/;*]*$/.test(host.trim())),
    "list hosts as in 127.0.0.1:11434,models.internal, without http:// in front",
  ),
  /** Stripe's keys; without them here or in the console, bills are paid by bank transfer. */
  STRIPE_SECRET_KEY: optional.refine(
    (key) => key === undefined || /^(sk|rk)_(test|live)_\w+$/.test(key),
    "set it to a secret or restricted key of Stripe (sk_… or rk_…)",
  ),
  STRIPE_PUBLISHABLE_KEY: optional.refine(
    (key) => key === undefined || /^pk_(test|live)_\w+$/.test(key),
    "set it to a publishable key of Stripe (pk_…)",
  ),
  /** One for each of the two endpoints at Stripe; an endpoint without one does not exist. */
  STRIPE_WEBHOOK_SECRET: optional,
  STRIPE_CONNECT_WEBHOOK_SECRET: optional,
  /** A Stripe on this machine instead of Stripe, for trying payments. */
  STRIPE_API_BASE: optional,
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
export function parseEnv(source: Record<string, string | undefined>): Env {
  const present = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ""));
  const parsed = schema.safeParse(present);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new Error(
      `The setting ${issue?.path.join(".")} is not valid: ${issue?.message.replace(/\.$/, "")}.`,
    );
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
  checkSignInPairs(values);
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
  checkStripeBase(values);
  return {
    ...values,
    isEmbeddedDatabase: values.DATABASE_URL === undefined,
    engine: values.INNGEST_EVENT_KEY || values.INNGEST_DEV ? "inngest" : "embedded",
    appUrl: (values.APP_URL ?? `http://localhost:${values.PORT}`).replace(/\/+$/, ""),
  };
}

const SIGN_IN_PAIRS = [
  ["AUTH_GOOGLE_ID", "AUTH_GOOGLE_SECRET"],
  ["AUTH_GITHUB_ID", "AUTH_GITHUB_SECRET"],
] as const;

/** One of them alone would leave its button out of the sign-in page without a word. */
function checkSignInPairs(values: z.infer<typeof schema>) {
  for (const pair of SIGN_IN_PAIRS) {
    const given = pair.find((name) => values[name]);
    const missing = pair.find((name) => !values[name]);
    if (given && missing) throw new Error(`The setting ${missing} is missing: it goes with ${given}.`);
  }
}

const LOOPBACK_BASE = /^http:\/\/127\.0\.0\.1:\d{1,5}$/;
const LOOPBACK_URL = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?\/?$/;

/** Nobody's payments go to anything but Stripe by a forgotten setting. */
function checkStripeBase({
  STRIPE_API_BASE: base,
  STRIPE_SECRET_KEY: key,
  APP_URL: appUrl,
}: z.infer<typeof schema>) {
  if (!base) return;
  const isHere = LOOPBACK_BASE.test(base) && (appUrl === undefined || LOOPBACK_URL.test(appUrl));
  if (isHere && key?.startsWith("sk_test_")) return;
  throw new Error(
    "The setting STRIPE_API_BASE is for trying payments on this machine: it takes http://127.0.0.1:<port>, with a STRIPE_SECRET_KEY that starts with sk_test_ and no public APP_URL.",
  );
}

let cached: Env | undefined;

/** The settings of this process: the only reader of `process.env`. */
export function env(): Env {
  cached ??= parseEnv(process.env);
  return cached;
}
