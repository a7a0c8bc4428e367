import { z } from "zod";
import { defineKind, singlePort } from "../kind";
import { requiredTemplate } from "./shared";

const agentConfig = z.strictObject({
  agentId: z.uuid("Choose an agent."),
  prompt: requiredTemplate,
});

/** Asks one of the tenant's agents, with its role, model, tools and knowledge. */
export const agentKind = defineKind({
  kind: "agent",
  label: "Agent",
  description: "Ask one of your agents, with its role, model, tools and knowledge.",
  icon: "bot",
  group: "ai",
  config: agentConfig,
  defaults: { agentId: "", prompt: "" },
  form: [
    { name: "agentId", label: "Agent", type: "agent" },
    {
      name: "prompt",
      label: "Prompt",
      type: "template",
      rows: 8,
      placeholder: "What should the agent do with {{ input.text }}?",
    },
  ],
  ports: singlePort,
  hasPolicy: true,
  acceptsEdges: true,
  outputs: () => [
    { key: "text", label: "Answer", type: "text" },
    { key: "citations", label: "Cited passages", type: "list" },
  ],
});
