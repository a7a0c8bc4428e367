import { received } from "@/lib/api/received";
import { tenantRoute } from "@/lib/auth/route";
import { AppError } from "@/lib/errors";
import { uploadDocument } from "@/lib/knowledge/commands/upload";
import { MAX_UPLOAD_BYTES, uploadInput } from "@/lib/knowledge/input";
import { parseInput } from "@/lib/parse";
import { expectBytes } from "@/lib/storage/limit-bytes";

/** One file as the raw body; its name and agent are in the query. Nothing else is taken for an upload. */
export const POST = tenantRoute(async (scope, request) => {
  if (request.headers.get("content-type") !== "application/octet-stream") {
    throw new AppError("invalid", "Send the file as application/octet-stream.");
  }
  const announcedBytes = Number(request.headers.get("content-length") ?? Number.NaN);
  if (announcedBytes > MAX_UPLOAD_BYTES) {
    throw new AppError("limit_exceeded", "The file is larger than 50 MB.", { reason: "file_too_large" });
  }
  const asked = parseInput(uploadInput, Object.fromEntries(new URL(request.url).searchParams));
  const body = received(request);
  const source = Number.isNaN(announcedBytes) ? body : expectBytes(body, announcedBytes);
  const { kind, document } = await uploadDocument(scope, asked, source);
  const { id, filename, status, agentId, agentName } = document;
  const isForOthers = kind === "duplicate" && agentId !== (asked.agentId ?? null);
  return Response.json(
    {
      kind,
      document: { id, filename, status },
      ...(isForOthers ? { keptFor: agentName ?? "every agent" } : {}),
    },
    { status: kind === "stored" ? 201 : 409 },
  );
});
