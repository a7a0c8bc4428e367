import { type NextRequest, NextResponse } from "next/server";
import { problemResponse } from "@/lib/api/problem";
import { isHttps, sessionCookieName } from "@/lib/auth/cookie-name";
import { requestFacts } from "@/lib/auth/request";
import { env } from "@/lib/env";
import { AppError } from "@/lib/errors";
import { isReadablePath } from "@/lib/http/readable-path";
import { commonHeaders, contentSecurityPolicy, isCardPage } from "@/lib/http/security-headers";

/** Consoles that nobody without a session has use for. */
const SIGNED_IN_ONLY = /^\/(app|partner|admin|account)(\/|$)/;

/** Where no page is. */
const NOWHERE = "/nowhere";

function withHeaders<Answer extends Response>(response: Answer, requestId: string): Answer {
  for (const [name, value] of commonHeaders(isHttps())) response.headers.set(name, value);
  response.headers.set("X-Request-Id", requestId);
  return response;
}

/** A courtesy to people whose session is over: each page and action still checks for itself. */
function signInRedirect(request: NextRequest): NextResponse | null {
  const { pathname, search } = request.nextUrl;
  const isLoad = request.method === "GET" || request.method === "HEAD";
  if (!isLoad || !SIGNED_IN_ONLY.test(pathname) || request.cookies.has(sessionCookieName())) return null;
  const target = request.nextUrl.clone();
  target.pathname = "/sign-in";
  target.search = `?${new URLSearchParams({ next: `${pathname}${search}` })}`;
  return NextResponse.redirect(target);
}

/** On to the page that was asked for, with these headers. */
function toPage({ nextUrl }: NextRequest, headers: Headers): NextResponse {
  const init = { request: { headers } };
  if (isReadablePath(nextUrl.pathname)) return NextResponse.next(init);
  const target = nextUrl.clone();
  target.pathname = NOWHERE;
  return NextResponse.rewrite(target, init);
}

/** Request id, security headers, the nonce of the page, and the way to sign in. Never the authorization. */
export function proxy(request: NextRequest): Response {
  const { requestId } = requestFacts(request.headers);
  const redirect = signInRedirect(request);
  if (redirect) return withHeaders(redirect, requestId);

  const forwarded = new Headers(request.headers);
  forwarded.set("x-request-id", requestId);
  forwarded.delete("x-nonce");
  if (request.nextUrl.pathname.startsWith("/api/")) {
    if (!isReadablePath(request.nextUrl.pathname))
      return withHeaders(problemResponse(new AppError("not_found"), requestId), requestId);
    return withHeaders(NextResponse.next({ request: { headers: forwarded } }), requestId);
  }

  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(18))).toString("base64");
  const policy = contentSecurityPolicy({
    nonce,
    isDevelopment: env().NODE_ENV === "development",
    isHttps: isHttps(),
    ...(isCardPage(request.nextUrl.pathname) ? { cards: { apiBase: env().STRIPE_API_BASE ?? null } } : {}),
  });
  forwarded.set("x-nonce", nonce);
  // For the redirect of a page whose session turns out to be over.
  forwarded.set("x-page-path", `${request.nextUrl.pathname}${request.nextUrl.search}`);
  // Next reads the nonce for its own scripts from the policy of the request.
  forwarded.set("content-security-policy", policy);
  const response = withHeaders(toPage(request, forwarded), requestId);
  response.headers.set("Content-Security-Policy", policy);
  response.headers.set("X-Frame-Options", "DENY");
  return response;
}

export const config = {
  // Not the uploads: what passes through here is held in memory and cut off at 10 MB.
  matcher: ["/((?!_next/static|_next/image|icon.svg|favicon.ico|app/knowledge/upload$|api/v1/documents$).*)"],
};
