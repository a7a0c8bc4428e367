export type PolicyFacts = {
  nonce: string;
  isDevelopment: boolean;
  isHttps: boolean;
  /** On pages with a card form: `null` for Stripe itself, else the Stripe on this machine. */
  cards?: { apiBase: string | null };
};

/** Where the frames of a card form come from, and what they may talk to. Its script comes by a trusted script. */
function cardSources(cards: PolicyFacts["cards"]): { frames: string; connections: string } {
  if (!cards) return { frames: "", connections: "" };
  if (cards.apiBase) return { frames: ` ${cards.apiBase}`, connections: ` ${cards.apiBase}` };
  return {
    frames: " https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com",
    connections: " https://api.stripe.com",
  };
}

/** Pages that may hold a card form, and what leads from one to the next without a load. */
export function isCardPage(path: string): boolean {
  return path === "/app/billing" || path.startsWith("/app/billing/") || /^\/i\/[^/]+\/pay$/.test(path);
}

/**
 * The Content-Security-Policy of a page. Scripts run by nonce alone; style attributes are allowed because charts and
 * the graph editor place things with them, style elements need the nonce.
 */
export function contentSecurityPolicy({ nonce, isDevelopment, isHttps, cards }: PolicyFacts): string {
  const { frames, connections } = cardSources(cards);
  const directives = [
    "default-src 'self'",
    // React explains errors with eval while developing, and never in production.
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ""}`,
    // The development overlay writes style elements without a nonce.
    isDevelopment ? "style-src 'self' 'unsafe-inline'" : `style-src 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' blob: data:",
    "font-src 'self'",
    `connect-src 'self'${connections}`,
    ...(frames ? [`frame-src${frames}`] : []),
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
