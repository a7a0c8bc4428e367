import { tenantRoute } from "@/lib/auth/route";
import { attachment } from "@/lib/http/attachment";
import { workflowFile } from "@/lib/workflows/file-queries";

type Context = { params: Promise<{ workflowId: string }> };

/** The draft as a file to save. */
export const GET = tenantRoute<Context>(async (scope, _request, { params }) => {
  const { filename, text } = await workflowFile(scope, (await params).workflowId);
  return new Response(text, {
    headers: {
      "content-type": "application/json; charset=utf-8",
      "content-disposition": attachment(filename),
      "cache-control": "private, no-store",
      "x-content-type-options": "nosniff",
    },
  });
});
