import { problemResponse } from "@/lib/api/problem";
import { requestFacts } from "@/lib/auth/request";
import { currentSession, tenantScopeOf } from "@/lib/auth/scope";
import { AppError } from "@/lib/errors";
import { eventStreamResponse, resumePoint } from "@/lib/runs/event-stream";
import { runEvents } from "@/lib/runs/events";

export const dynamic = "force-dynamic";

type Context = { params: Promise<{ executionId: string }> };

/** A run as server-sent events, for the person who is signed in; somebody else's run does not exist. */
export async function GET(request: Request, { params }: Context): Promise<Response> {
  const facts = requestFacts(request.headers);
  try {
    const session = await currentSession();
    if (!session?.isVerified) throw new AppError("unauthenticated");
    const { executionId } = await params;
    const scope = tenantScopeOf(session, facts);
    const after = resumePoint(request);
    return await eventStreamResponse(request.signal, (signal) =>
      runEvents(scope, executionId, { after, signal }),
    );
  } catch (error) {
    return problemResponse(error, facts.requestId);
  }
}
