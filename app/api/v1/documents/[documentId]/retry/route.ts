import { documentView } from "@/lib/api/document-view";
import { endpoint } from "@/lib/api/endpoint";
import { retryDocumentOperation } from "@/lib/api/operations/documents";
import { apiRoute } from "@/lib/api/route";
import { retryDocument } from "@/lib/knowledge/commands/manage";
import { getDocument } from "@/lib/knowledge/queries";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(
  apiRoute(retryDocumentOperation, async ({ scope, params }) => {
    await retryDocument(scope, params);
    return documentView(await getDocument(scope, params.documentId));
  }),
);
