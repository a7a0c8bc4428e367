import "server-only";
import type { PartnerScope, PlatformScope, TenantScope } from "@/db/scope";
import { signedOut } from "@/lib/accounts/session-ending";
import { problemResponse, requireSameOrigin } from "@/lib/api/problem";
import { AppError } from "@/lib/errors";
import { withLogContext } from "@/lib/log";
import { assertOwnPage } from "./own-page";
import { type RequestFacts, requestFacts } from "./request";
import { currentSession, partnerScopeOf, platformScopeOf, tenantScopeOf } from "./scope";
import type { Session } from "./session";

type Handler<S, C> = (scope: S, request: Request, context: C) => Promise<Response>;

/** A route of a console: same session as its pages, JSON problems instead of redirects, same origin for what changes something. */
function consoleRoute<S>(scopeOf: (session: Session, facts: RequestFacts) => S | null) {
  return <C>(handler: Handler<S, C>) =>
    async (request: Request, context: C): Promise<Response> => {
      const facts = requestFacts(request.headers);
      return withLogContext({ requestId: facts.requestId }, async () => {
        try {
          if (request.method !== "GET" && request.method !== "HEAD") requireSameOrigin(request);
          const session = await currentSession();
          if (!session) throw await signedOut();
          assertOwnPage(session, request.headers.get("x-page-person"));
          const scope = scopeOf(session, facts);
          if (!scope) throw new AppError("not_found");
          return await handler(scope, request, context);
        } catch (error) {
          return problemResponse(error, facts.requestId);
        }
      });
    };
}

export const tenantRoute = consoleRoute<TenantScope>((session, facts) =>
  session.isVerified ? tenantScopeOf(session, facts) : null,
);
export const partnerRoute = consoleRoute<PartnerScope>(partnerScopeOf);
export const platformRoute = consoleRoute<PlatformScope>(platformScopeOf);

/** A CSV file to save. */
export function csvResponse(csv: string | ReadableStream<Uint8Array>, filename: string): Response {
  return new Response(csv, {
    headers: {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": `attachment; filename="${filename}"`,
      "cache-control": "private, no-store",
      "x-content-type-options": "nosniff",
    },
  });
}
