import { documentView } from "@/lib/api/document-view";
import { endpoint } from "@/lib/api/endpoint";
import { listDocumentsOperation, uploadOperation } from "@/lib/api/operations/documents";
import { apiRoute, Reply } from "@/lib/api/route";
import { readUpload } from "@/lib/api/upload";
import { authorize } from "@/lib/auth/authorize";
import { uploadDocument } from "@/lib/knowledge/commands/upload";
import { listDocuments } from "@/lib/knowledge/queries";

const upload = apiRoute(uploadOperation, async ({ scope, query, request }) => {
  authorize(scope, "knowledge.upload");
  const { input, source } = await readUpload(request, query);
  const { kind, document } = await uploadDocument(scope, input, source);
  const duplicate = kind === "duplicate";
  return new Reply({ document: documentView(document), duplicate }, { status: duplicate ? 200 : 201 });
});

const list = apiRoute(listDocumentsOperation, async ({ scope, query }) => {
  const { items, nextCursor } = await listDocuments(scope, query);
  return { data: items.map(documentView), nextCursor };
});

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(list, upload);
