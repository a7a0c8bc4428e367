import { prepareAnswer } from "@/lib/agents/answer";
import { toCitations } from "../citations";
import { promptDetail } from "../prompt-detail";
import { withModel } from "../set-aside";
import { effectRunner, type NodeResult } from "./runner";
import { render } from "./values";

/** An agent answers: its role is the system prompt, with its model, tools and knowledge as they were pinned. */
export const agentRunner = effectRunner("agent", {
  asks: "agent",
  prepare: (config, values) => ({
    agentId: config.agentId,
    prompt: render(values, "Prompt", config.prompt),
  }),
  run: async ({ agentId, prompt }, _config, context): Promise<NodeResult> => {
    const { cheaperModel, agent: own, refOf } = context.models;
    if (!own) throw new Error("a node of an agent was begun without its agent");
    const agent = cheaperModel ? withModel(own, cheaperModel) : own;
    const { call, citationsIn, passages } = await prepareAnswer(context.scope, {
      agent,
      model: refOf(agent.llmConfig.modelKey),
      messages: [{ role: "user", content: prompt }],
      source: { ...context.source, agentId },
      usageKey: context.stepKey,
      abortSignal: context.signal,
      timeoutMs: context.timeoutMs,
    });
    const answer = await context.calls.generate(call);
    const citations = citationsIn(answer.text);
    return {
      output: { text: answer.text, citations },
      detail: {
        agent: { id: agentId, name: agent.name, version: agent.version },
        ...(cheaperModel
          ? { cheaperModel: { used: cheaperModel.modelKey, insteadOf: own.llmConfig.modelKey } }
          : {}),
        ...promptDetail(call.system ?? "", [{ role: "user", content: prompt }]),
        retrieved: toCitations(passages()),
        citations,
        toolCalls: answer.toolCalls,
        finishReason: answer.finishReason,
      },
    };
  },
});
