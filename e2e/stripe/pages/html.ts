import type { ServerResponse } from "node:http";

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (letter) => ESCAPES[letter] ?? letter);
}

export const dollars = (cents: number) => `$${(cents / 100).toFixed(2)}`;

const STYLE = `
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { margin: 0; display: grid; place-items: start center; padding: 2rem 1rem; }
  body.framed main { width: 100%; }
  body.framed { padding: 0; place-items: stretch; background: transparent; }
  main { width: min(26rem, 100%); display: grid; gap: 1rem; }
  h1 { font-size: 1.25rem; margin: 0; }
  p { margin: 0; }
  .note { font-size: .8125rem; opacity: .75; }
  .problem { color: light-dark(#b00020, #ff8a95); }
  form { display: grid; gap: .75rem; }
  label { display: grid; gap: .25rem; font-size: .875rem; }
  input { font: inherit; padding: .5rem .625rem; border: 1px solid light-dark(#b8bcc4, #565b66); border-radius: .375rem; min-width: 0; background: light-dark(#fff, #1b1d22); color: inherit; }
  .pair { display: grid; grid-template-columns: 1fr 1fr; gap: .75rem; }
  button { font: inherit; padding: .625rem; border: 1px solid transparent; border-radius: .375rem; background: #4b3fd1; color: #fff; cursor: pointer; }
  button.quiet { background: transparent; color: inherit; border-color: light-dark(#b8bcc4, #565b66); }
  table { width: 100%; border-collapse: collapse; } td:last-child { text-align: right; }
`;

type Page = { title: string; body: string; script?: string; isFramed?: boolean };

/** Answers with a page. `body` and `script` are trusted: what comes from outside was escaped. */
export function sendPage(
  response: ServerResponse,
  { title, body, script, isFramed = false }: Page,
  status = 200,
): void {
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body${isFramed ? ' class="framed"' : ""}><main>${body}</main>${script ? `<script>${script}</script>` : ""}</body></html>`;
  response
    .writeHead(status, { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" })
    .end(html);
}

export function redirect(response: ServerResponse, location: string): void {
  response.writeHead(303, { location }).end();
}

/** Says that this is no Stripe. */
export const NOTE = `<p class="note">A double of Stripe on this machine. No money moves; test cards alone work, such as 4242 4242 4242 4242.</p>`;

/** The fields of a card, with what the test card says already filled in. */
export const CARD_FIELDS = `
  <label>Card number <input name="number" inputmode="numeric" autocomplete="off" required value="4242 4242 4242 4242"></label>
  <div class="pair">
    <label>Expiration (MM/YY) <input name="expiry" autocomplete="off" required value="12/34" pattern="\\d{1,2} ?/ ?\\d{2}"></label>
    <label>CVC <input name="cvc" inputmode="numeric" autocomplete="off" required value="123"></label>
  </div>`;
