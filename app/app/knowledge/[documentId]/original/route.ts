import { Readable } from "node:stream";
import { tenantRoute } from "@/lib/auth/route";
import { attachment } from "@/lib/http/attachment";
import { openOriginal } from "@/lib/knowledge/queries";

type Context = { params: Promise<{ documentId: string }> };

/** The file as it was uploaded, always as a download: it never opens as a page of ours. */
export const GET = tenantRoute<Context>(async (scope, _request, { params }) => {
  const { filename, sizeBytes, stream } = await openOriginal(scope, (await params).documentId);
  return new Response(Readable.toWeb(stream) as ReadableStream, {
    headers: {
      "content-type": "application/octet-stream",
      "content-length": String(sizeBytes),
      "content-disposition": attachment(filename),
      "cache-control": "private, no-store",
      "content-security-policy": "sandbox; default-src 'none'",
      "x-content-type-options": "nosniff",
    },
  });
});
