import { readiness } from "@/lib/health/readiness";

export const dynamic = "force-dynamic";

/** Whether this process can do its work; 503 names the part that cannot, and whether it is starting or failing. */
export async function GET(): Promise<Response> {
  const { isReady, parts } = await readiness();
  return Response.json(
    { status: isReady ? "ready" : "unavailable", parts },
    { status: isReady ? 200 : 503, headers: { "cache-control": "no-store" } },
  );
}
