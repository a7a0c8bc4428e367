import { otherMethods } from "@/lib/api/endpoint";
import { problemResponse } from "@/lib/api/problem";
import { requestFacts } from "@/lib/auth/request";
import { jobScope } from "@/lib/auth/scope";
import { withLogContext } from "@/lib/log";
import { findAddressed } from "@/lib/triggers/address";
import { callAnswer } from "@/lib/triggers/answer";
import { receiveCall } from "@/lib/triggers/commands/receive-call";
import { triggerNotFound } from "@/lib/triggers/store";

export const dynamic = "force-dynamic";

export const { GET, PUT, PATCH, DELETE, OPTIONS } = otherMethods("POST");

type Context = { params: Promise<{ token: string }> };

/** A webhook of a workflow. The address is the secret that says whose it is; cookies and keys mean nothing here. */
export async function POST(request: Request, { params }: Context): Promise<Response> {
  const { requestId } = requestFacts(request.headers);
  return withLogContext({ requestId }, async () => {
    try {
      const { token } = await params;
      const found = await findAddressed("webhook", token);
      if (!found) throw triggerNotFound();
      const scope = await jobScope(found.tenantId, "webhook", requestId);
      const received = await receiveCall(scope, found.triggerId, request);
      return await callAnswer(scope, received, request);
    } catch (error) {
      return problemResponse(error, requestId);
    }
  });
}
