import "server-only";
import { problemResponse } from "@/lib/api/problem";
import { received } from "@/lib/api/received";
import { requestFacts } from "@/lib/auth/request";
import { AppError } from "@/lib/errors";
import { log, withLogContext } from "@/lib/log";
import { dispatchEvent } from "./dispatch";
import { receiveEvent } from "./ingest";
import type { StripeEndpoint } from "./settings";

const MAX_BYTES = 1_000_000;

/** The body as it came. @throws AppError `limit_exceeded`, `invalid` */
async function rawBody(request: Request): Promise<string> {
  const tooLarge = () => new AppError("limit_exceeded", "An event is at most 1 MB.");
  if (Number(request.headers.get("content-length") ?? 0) > MAX_BYTES) throw tooLarge();
  const decoder = new TextDecoder("utf-8", { fatal: false });
  let text = "";
  let bytes = 0;
  for await (const chunk of received(request)) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BYTES) throw tooLarge();
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** Answers a call of Stripe: 200 once the event is stored, 400 for what is not Stripe's, 404 where nobody listens. */
export async function answerWebhook(request: Request, endpoint: StripeEndpoint): Promise<Response> {
  const { requestId } = requestFacts(request.headers);
  return withLogContext({ requestId }, async () => {
    try {
      const body = await rawBody(request);
      const { eventId, isNew } = await receiveEvent(body, request.headers.get("stripe-signature"), endpoint);
      await dispatchEvent(eventId);
      return Response.json({ received: true, duplicate: !isNew });
    } catch (error) {
      if (error instanceof AppError && error.reason === "bad_signature") {
        log.warn({ endpoint }, error.message);
        return Response.json({ error: { code: error.code, message: error.message } }, { status: 400 });
      }
      return problemResponse(error, requestId);
    }
  });
}
