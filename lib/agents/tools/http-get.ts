import { AppError } from "@/lib/errors";
import { operatorHosts } from "@/lib/http/operator-hosts";
import { safeFetch } from "@/lib/http/safe-fetch";
import { htmlText } from "./html-text";

const TIMEOUT_MS = 10_000;
const MAX_BYTES = 1024 * 1024;
/** What is given of a page. */
export const MAX_PAGE_CHARS = 20_000;
const TEXTUAL = /^(text\/|application\/(json|xml|[\w.+-]+\+(json|xml)))/i;

export type FetchedPage = { url: string; status: number; contentType: string; text: string; isCut: boolean };

/**
 * Reads a text from one of the hosts listed on the agent. HTML comes back as its text, cut at 20,000 characters.
 * Only the agent's hosts are reachable, also by redirect, and of those only public ones or those the operator opened.
 */
export async function httpGet(
  url: string,
  allowedHosts: readonly string[],
  signal?: AbortSignal,
): Promise<FetchedPage> {
  const response = await safeFetch(
    url,
    {
      headers: { accept: "text/html, application/json, text/*;q=0.9", "user-agent": "HireBuddha/1.0" },
      signal,
    },
    {
      allowHttp: true,
      onlyHosts: allowedHosts,
      trustedHosts: operatorHosts(),
      timeoutMs: TIMEOUT_MS,
      maxBytes: MAX_BYTES,
    },
  );
  const contentType = response.headers.get("content-type") ?? "text/plain";
  if (!TEXTUAL.test(contentType)) {
    await response.body?.cancel();
    throw new AppError("invalid", `The page is ${contentType.slice(0, 80)}, not text.`, {
      reason: "not_text",
    });
  }
  const body = await response.text();
  const text = contentType.includes("html") ? htmlText(body) : body;
  const clean = text.replaceAll("\u0000", "").toWellFormed();
  return {
    url: response.url,
    status: response.status,
    contentType,
    text: clean.slice(0, MAX_PAGE_CHARS),
    isCut: clean.length > MAX_PAGE_CHARS,
  };
}
