import "server-only";
import { AppError } from "@/lib/errors";
import { operatorHosts } from "@/lib/http/operator-hosts";
import { retryAfter } from "@/lib/http/retry-after";
import { safeFetch } from "@/lib/http/safe-fetch";
import { LONGEST_ASKED_MS } from "./retries";
import { signedHeaders } from "./signature";

export type Sending = {
  readonly url: string;
  readonly messageId: string;
  readonly body: string;
  readonly secrets: readonly string[];
  readonly at: Date;
};

export type Sent = {
  readonly isTaken: boolean;
  /** The status of the answer; null when there was none. */
  readonly status: number | null;
  /** Why it was not taken, for the people who run the endpoint. */
  readonly error: string | null;
  readonly latencyMs: number;
  /** How long the endpoint asked to be left alone. */
  readonly askedMs?: number | undefined;
};

const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 64 * 1024;
const SHOWN_ANSWER = 300;

/** Sends one message once. Never throws for what the endpoint does: the result says it. */
export async function sendMessage(sending: Sending): Promise<Sent> {
  const startedAt = Date.now();
  try {
    const response = await safeFetch(
      sending.url,
      {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "user-agent": "HireBuddha-Webhooks/1",
          ...signedHeaders({ id: sending.messageId, body: sending.body }, sending.secrets, sending.at),
        },
        body: sending.body,
      },
      {
        timeoutMs: TIMEOUT_MS,
        maxBytes: MAX_ANSWER_BYTES,
        maxRedirects: 0,
        trustedHosts: operatorHosts(),
      },
    );
    const latencyMs = Date.now() - startedAt;
    if (response.ok) {
      await response.body?.cancel();
      return { isTaken: true, status: response.status, error: null, latencyMs };
    }
    const askedMs = retryAfter(Object.fromEntries(response.headers), Date.now(), LONGEST_ASKED_MS);
    return { isTaken: false, status: response.status, error: await refusalOf(response), latencyMs, askedMs };
  } catch (error) {
    return { isTaken: false, status: null, error: sentenceOf(error), latencyMs: Date.now() - startedAt };
  }
}

async function refusalOf(response: Response): Promise<string> {
  const said = (await response.text().catch(() => "")).replaceAll("\0", "").trim();
  return said
    ? `It answered ${response.status}: ${said.slice(0, SHOWN_ANSWER)}`
    : `It answered ${response.status}.`;
}

function sentenceOf(error: unknown): string {
  if (!(error instanceof AppError)) return "It could not be sent.";
  return error.reason === "too_many_redirects"
    ? "It answered with a redirect, which is not followed. Give the final address."
    : error.message;
}
