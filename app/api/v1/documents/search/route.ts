import { endpoint } from "@/lib/api/endpoint";
import { searchOperation } from "@/lib/api/operations/documents";
import { apiRoute } from "@/lib/api/route";
import { retrieve } from "@/lib/knowledge/retrieve";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(
  apiRoute(searchOperation, async ({ scope, body }) => ({ data: await retrieve(scope, body) })),
);
