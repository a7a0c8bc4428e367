import { endpoint } from "@/lib/api/endpoint";
import { executionMessages } from "@/lib/api/execution-view";
import { streamExecutionOperation } from "@/lib/api/operations/executions";
import { apiRoute } from "@/lib/api/route";
import { eventStreamResponse, resumePoint } from "@/lib/runs/event-stream";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(
  apiRoute(streamExecutionOperation, ({ scope, params, request }) =>
    eventStreamResponse(request.signal, (signal) =>
      executionMessages(scope, params.executionId, { after: resumePoint(request), signal }),
    ),
  ),
);
