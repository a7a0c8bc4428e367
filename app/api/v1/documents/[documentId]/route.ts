import { documentView } from "@/lib/api/document-view";
import { endpoint } from "@/lib/api/endpoint";
import { deleteDocumentOperation, getDocumentOperation } from "@/lib/api/operations/documents";
import { apiRoute } from "@/lib/api/route";
import { waitForDocument } from "@/lib/api/wait";
import { deleteDocument } from "@/lib/knowledge/commands/manage";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(
  apiRoute(getDocumentOperation, async ({ scope, params, query, request }) =>
    documentView(await waitForDocument(scope, params.documentId, request, query.wait)),
  ),
  apiRoute(deleteDocumentOperation, async ({ scope, params }) => {
    await deleteDocument(scope, params);
    return undefined;
  }),
);
