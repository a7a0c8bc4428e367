import { answerWebhook } from "@/lib/stripe/webhook";

export const dynamic = "force-dynamic";

/** Events of the accounts that partners are paid through, signed with a secret of their own. */
export function POST(request: Request): Promise<Response> {
  return answerWebhook(request, "connect");
}
