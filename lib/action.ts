import "server-only";
import { headers } from "next/headers";
import { unstable_rethrow } from "next/navigation";
import type { z } from "zod";
import { asSystem } from "@/db/access";
import type { PartnerScope, PlatformScope, Scope, TenantScope } from "@/db/scope";
import { signedOut } from "@/lib/accounts/session-ending";
import { audit } from "@/lib/audit/record";
import { assertOwnPage } from "@/lib/auth/own-page";
import { type RequestFacts, requestFacts } from "@/lib/auth/request";
import {
  currentSession,
  requirePartner,
  requirePlatform,
  requireSession,
  requireTenant,
} from "@/lib/auth/scope";
import type { Session } from "@/lib/auth/session";
import { describeMeeting } from "@/lib/changed-meanwhile";
import { env } from "@/lib/env";
import { AppError, toPublicError } from "@/lib/errors";
import { formToObject } from "@/lib/form";
import { log, withLogContext } from "@/lib/log";
import { parseInput } from "@/lib/parse";
import type { ActionResult } from "@/lib/result";

/** A server action: who its page was opened as, where that is said, and FormData or a plain object. */
export type Action<T> = (person: string | null, payload: FormData | unknown) => Promise<ActionResult<T>>;

/** Next lets a request without Origin pass; a browser always tells one way or the other, so we refuse what does not. */
function assertSameOrigin(list: { get(name: string): string | null }): void {
  const site = list.get("sec-fetch-site");
  if (site === "same-origin" || site === "none") return;
  const origin = list.get("origin");
  const host = list.get("x-forwarded-host") ?? list.get("host");
  if (origin && host && (URL.parse(origin)?.host === host || origin === env().appUrl)) return;
  throw new AppError("forbidden", "This request did not come from this site.", { reason: "cross_origin" });
}

/** Refusals are recorded too: an attack leaves a trace even though it changed nothing. */
async function recordDenial(scope: Scope, error: AppError, name: string): Promise<void> {
  await asSystem("denial", (tx) =>
    audit(
      tx,
      scope,
      { action: "access.denied", targetType: "action", targetId: name, reason: error.message },
      "denied",
    ),
  );
}

/**
 * A page leads who is not signed in to the sign-in page. An action is answered: what was typed is still on its page, and
 * can be sent again.
 */
async function answerSignedOut(thrown: unknown): Promise<never> {
  throw (await currentSession()) ? thrown : await signedOut();
}

type Edge<S> = {
  mint: (facts: RequestFacts) => Promise<S>;
  /** Whom a refusal is recorded against. */
  scopeOf: (minted: S) => Scope | null;
};

async function run<S, I extends z.ZodType, T>(
  { mint, scopeOf }: Edge<S>,
  schema: I,
  verb: (scope: S, input: z.output<I>) => Promise<T>,
  { person, payload }: { person: unknown; payload: unknown },
): Promise<ActionResult<T>> {
  const list = await headers();
  const facts = requestFacts(list);
  return withLogContext({ requestId: facts.requestId }, async () => {
    let scope: Scope | null = null;
    try {
      assertSameOrigin(list);
      const minted = await mint(facts).catch(answerSignedOut);
      scope = scopeOf(minted);
      assertOwnPage(await currentSession(), person);
      return {
        ok: true,
        data: await verb(
          minted,
          parseInput(schema, payload instanceof FormData ? formToObject(payload) : payload),
        ),
      };
    } catch (thrown) {
      unstable_rethrow(thrown);
      const error = describeMeeting(thrown);
      const isExpected = error instanceof AppError && error.code !== "internal";
      if (isExpected) log.info({ code: error.code, reason: error.reason }, error.message);
      else log.error({ err: error }, "an action failed");
      if (isExpected && error.code === "forbidden" && scope) await recordDenial(scope, error, verb.name);
      return { ok: false, error: toPublicError(error, facts.requestId) };
    }
  });
}

function wrapper<S>(edge: Edge<S>) {
  return <I extends z.ZodType, T>(schema: I, verb: (scope: S, input: z.output<I>) => Promise<T>): Action<T> =>
    async (person, payload) =>
      run(edge, schema, verb, { person, payload });
}

/** An action inside the signed-in person's workspace. The tenant comes from the session. */
export const tenantAction = wrapper<TenantScope>({ mint: requireTenant, scopeOf: (scope) => scope });

/** An action of the partner console. */
export const partnerAction = wrapper<PartnerScope>({ mint: requirePartner, scopeOf: (scope) => scope });

/** An action of the admin console. */
export const adminAction = wrapper<PlatformScope>({ mint: requirePlatform, scopeOf: (scope) => scope });

/** An action on the signed-in person's own account. */
export const sessionAction = wrapper<Session>({ mint: requireSession, scopeOf: () => null });

/** An action for people who are not signed in: sign-in, sign-up, links from mail. It gets what is known of the request. */
export const publicAction = wrapper<RequestFacts>({ mint: async (facts) => facts, scopeOf: () => null });
