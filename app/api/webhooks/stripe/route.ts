import { answerWebhook } from "@/lib/stripe/webhook";

export const dynamic = "force-dynamic";

/** Events of our own account at Stripe. The signature says whose they are; cookies and keys mean nothing here. */
export function POST(request: Request): Promise<Response> {
  return answerWebhook(request, "account");
}
