/**
 * The address of Stripe's page of an invoice, where it is one: over https and at Stripe, or at the double on this machine.
 * @returns null for any other
 */
export function stripePage(address: string | null | undefined, apiBase: string | null): string | null {
  const url = URL.parse(address ?? "");
  if (!url) return null;
  if (apiBase) return url.origin === new URL(apiBase).origin ? url.href : null;
  const isAtStripe = url.hostname === "stripe.com" || url.hostname.endsWith(".stripe.com");
  return url.protocol === "https:" && isAtStripe && url.port === "" ? url.href : null;
}
