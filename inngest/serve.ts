import { serve } from "inngest/edge";
import { problemResponse } from "@/lib/api/problem";
import { requestFacts } from "@/lib/auth/request";
import { env } from "@/lib/env";
import { AppError } from "@/lib/errors";
import { inngest } from "./client";
import { functions } from "./index";

const answer = serve({
  client: inngest,
  functions,
  // A self-hosted Inngest is told of the app by an unsigned PUT; the embedded engine signs its own.
  enableUnauthedSync: env().engine === "inngest",
});

/** Answers the engine's calls, from Inngest or from this process. Unsigned ones are 401 outside Inngest's dev mode. */
export async function handler(request: Request): Promise<Response> {
  const { requestId } = requestFacts(request.headers);
  // HTTP/1.0 needs no host, and the SDK answers one that it cannot read with where in our code it failed.
  if (!URL.canParse(`https://${request.headers.get("host") ?? ""}`)) {
    const message = "The header Host is missing, or is no host.";
    return problemResponse(new AppError("invalid", message, { reason: "bad_host" }), requestId);
  }
  try {
    return await answer(request);
  } catch (cause) {
    // The SDK reads a body before it looks at the signature: anybody may send one that is no JSON.
    if (!(cause instanceof SyntaxError)) throw cause;
    const refusal = new AppError("invalid", "The body is not valid JSON.", { reason: "bad_json", cause });
    return problemResponse(refusal, requestId);
  }
}
