export type PolicyFacts = { nonce: string; isDevelopment: boolean; isHttps: boolean };

/**
 * The Content-Security-Policy of a page. Scripts run by nonce alone; style attributes are allowed because charts and
 * the graph editor place things with them, style elements need the nonce.
 */
export function contentSecurityPolicy({ nonce, isDevelopment, isHttps }: PolicyFacts): string {
  const directives = [
    "default-src 'self'",
    // React explains errors with eval while developing, and never in production.
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ""}`,
    // The development overlay writes style elements without a nonce.
    isDevelopment ? "style-src 'self' 'unsafe-inline'" : `style-src 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' blob: data:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self' https://checkout.stripe.com https://billing.stripe.com",
    "frame-ancestors 'none'",
    ...(isHttps ? ["upgrade-insecure-requests"] : []),
  ];
  return directives.join("; ");
}

/** Headers of every answer, page or API. HSTS only where people come by https: a browser would remember it. */
export function commonHeaders(isHttps: boolean): readonly (readonly [string, string])[] {
  return [
    ["X-Content-Type-Options", "nosniff"],
    ["Referrer-Policy", "strict-origin-when-cross-origin"],
    ["Cross-Origin-Opener-Policy", "same-origin"],
    ["Permissions-Policy", "camera=(), microphone=(), geolocation=(), usb=(), browsing-topics=()"],
    ...(isHttps ? ([["Strict-Transport-Security", "max-age=31536000; includeSubDomains"]] as const) : []),
  ];
}
