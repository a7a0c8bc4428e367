import "server-only";
import type { TenantScope } from "@/db/scope";
import { getAgent } from "@/lib/agents/queries";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import type { RetrieveInput } from "./input";
import { type Passage, retrieve } from "./retrieve";

/**
 * What a question finds; as seen by an agent, as many passages as it is given.
 * @throws AppError as `retrieve`; `precondition`, reason `reads_nothing`, for an agent without documents
 */
export async function tryQuestion(scope: TenantScope, input: RetrieveInput): Promise<Passage[]> {
  authorize(scope, "knowledge.search");
  if (!input.agentId) return retrieve(scope, input);
  const { name, llmConfig } = await getAgent(scope, input.agentId);
  const { mode, topK } = llmConfig.knowledge;
  if (mode === "none") {
    throw new AppError("precondition", `${name} reads no documents: it was given none.`, {
      reason: "reads_nothing",
    });
  }
  return retrieve(scope, { ...input, topK });
}
