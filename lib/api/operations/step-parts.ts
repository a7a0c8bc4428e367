import { z } from "zod";
import { executionSummary } from "@/lib/api/execution-schemas";
import { count, pageOf, pagingQuery } from "@/lib/api/schemas";
import { defineOperation } from "../operation";
import { getStepOperation } from "./executions";

export const listStepPartsOperation = defineOperation({
  id: "listStepParts",
  method: "get",
  path: "/executions/{executionId}/steps/{nodeId}/parts",
  tag: "Executions",
  summary: "List what runs inside of a step",
  description:
    "The items of a map and the rounds of a loop, in their order, and the run of a called workflow. Each is an execution with steps of its own, to be read by its id, and these may have parts in turn. Where an execution that is resumed had done it already, a step has no parts, or a part no steps: they are those of `sourceExecutionId`.",
  apiScope: "executions:read",
  params: getStepOperation.params,
  query: z.strictObject({ iteration: getStepOperation.query.shape.iteration, ...pagingQuery }),
  response: pageOf(
    executionSummary
      .extend({
        index: count.nullable().meta({
          description: "Which item or round it is, from zero; null for a called workflow.",
          examples: [0],
        }),
      })
      .meta({ id: "ExecutionPart" }),
  ),
});
