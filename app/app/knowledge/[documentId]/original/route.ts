import { Readable } from "node:stream";
import { tenantRoute } from "@/lib/auth/route";
import { openOriginal } from "@/lib/knowledge/queries";

type Context = { params: Promise<{ documentId: string }> };

/** The file as it was uploaded, always as a download: it never opens as a page of ours. */
export const GET = tenantRoute<Context>(async (scope, _request, { params }) => {
  const { filename, sizeBytes, stream } = await openOriginal(scope, (await params).documentId);
  const plain = filename.replace(/[^\w. -]/g, "_");
  return new Response(Readable.toWeb(stream) as ReadableStream, {
    headers: {
      "content-type": "application/octet-stream",
      "content-length": String(sizeBytes),
      "content-disposition": `attachment; filename="${plain}"; filename*=UTF-8''${encodeRfc5987(filename)}`,
      "cache-control": "private, no-store",
      "content-security-policy": "sandbox; default-src 'none'",
      "x-content-type-options": "nosniff",
    },
  });
});

function encodeRfc5987(text: string): string {
  const hex = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text).replace(/['()*]/g, hex);
}
