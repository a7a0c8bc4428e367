import "server-only";
import { and, eq } from "drizzle-orm";
import { asWorker } from "@/db/access";
import { credentials } from "@/db/schema/credentials";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { operatorHosts } from "@/lib/http/operator-hosts";
import { hostMatches, isTrusted } from "@/lib/http/url-policy";
import { log } from "@/lib/log";
import type { Secret } from "@/lib/secrets/secret";
import { type CredentialKey, openValue } from "./sealed-value";

export type SignIn = { readonly headerName: string; readonly value: Secret };

/**
 * What a call to this address is signed in with.
 * @throws AppError `invalid`: `credential_missing`, `credential_host` for an address that it may not be sent to;
 *   `precondition` when its value cannot be opened
 */
export async function signInFor(scope: TenantScope, credentialId: string, address: string): Promise<SignIn> {
  authorize(scope, "credential.use");
  const { tenantId } = scope;
  const [row] = await asWorker(scope, (tx) =>
    tx
      .select({
        name: credentials.name,
        headerName: credentials.headerName,
        hosts: credentials.hosts,
        sealedValue: credentials.sealedValue,
      })
      .from(credentials)
      .where(and(eq(credentials.tenantId, tenantId), eq(credentials.id, credentialId))),
  );
  if (!row) {
    const message = "its credential does not exist any more. Choose another one.";
    throw new AppError("invalid", message, { reason: "credential_missing" });
  }
  assertMayBeSent(row, address);
  return { headerName: row.headerName, value: openedValue({ tenantId, credentialId }, row) };
}

function openedValue(
  key: CredentialKey,
  { name, sealedValue }: { name: string; sealedValue: string },
): Secret {
  try {
    return openValue(key, sealedValue);
  } catch (cause) {
    if (!(cause instanceof AppError)) throw cause;
    log.error({ err: cause, credentialId: key.credentialId }, "a credential does not open");
    // While keys are being changed, another process may have the one that this one lacks.
    const retryable = cause.reason === "key_missing";
    const reason = retryable ? "key_missing" : "credential_unreadable";
    const message = `the value of the credential “${name}” cannot be opened.`;
    throw new AppError("precondition", message, { reason, retryable, cause });
  }
}

/** What is no address is told of by whoever calls it. */
function assertMayBeSent({ name, hosts }: { name: string; hosts: readonly string[] }, address: string): void {
  const url = URL.parse(address);
  if (!url) return;
  const refuse = (why: string) =>
    new AppError("invalid", `the credential “${name}” ${why}`, { reason: "credential_host" });
  if (!hostMatches(url.hostname, hosts))
    throw refuse(`is for ${hosts.join(", ")} and is not sent to ${url.hostname}.`);
  if (url.protocol !== "https:" && !isTrusted(url, { trustedHosts: operatorHosts() }))
    throw refuse("is sent to https addresses alone.");
}

/** Shorter ones are in many a text by chance. */
const LEAST_SECRET = 8;

/** Takes a value, and what follows its scheme such as `Bearer`, out of what a service answered. */
export function withoutValue(text: string, value: Secret): string {
  const whole = value.reveal();
  const parts = [whole, whole.split(" ").at(-1) ?? ""].filter((part) => part.length >= LEAST_SECRET);
  return parts.reduce((left, part) => left.replaceAll(part, "•••"), text);
}
