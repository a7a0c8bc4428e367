import type { TenantScope } from "@/db/scope";
import { createWorkflow } from "@/lib/workflows/commands/create";
import { publishWorkflow } from "@/lib/workflows/commands/publish";
import type { Graph, GraphNode } from "@/lib/workflows/graph";
import { CHAT_MODEL } from "./platform";
import { edge, node } from "./work";

/** This morning's messages, one a line. */
export const MESSAGES = [
  "My box came five hours late. Do I get something back?",
  "Can I return the unopened pasta I bought last week?",
  "What does delivery cost for a small order?",
].join("\n");

const inside = (parent: string, one: GraphNode): GraphNode => ({ ...one, parent });

const MESSAGE = `{% for reply in each.items %}### {{ reply.about }}

{{ reply.message }}

> {{ reply.text }}

{% endfor %}`;

function inboxGraph(agentId: string): Graph {
  const each: GraphNode = {
    ...node("each", "map", "For each message", 260, 40, {
      items: 'input.messages.split("\\n").filter(message, message.trim() != "")',
      maxParallel: 3,
      maxItems: 100,
      onItemError: "collect",
      mode: "expression",
      value: '{"about": sort.label, "message": item, "text": reply.text}',
    }),
    size: { width: 620, height: 280 },
  };
  return {
    version: 1,
    nodes: [
      node("input", "input", "Messages", 0, 140, {
        fields: [{ key: "messages", label: "Messages, one a line", type: "long_text", required: true }],
      }),
      each,
      inside(
        "each",
        node("sort", "classify", "What is it about?", 40, 80, {
          modelKey: CHAT_MODEL,
          text: "{{ item }}",
          instructions: "",
          categories: [
            { key: "refund", label: "Refund", description: "Money back, late or missing deliveries" },
            { key: "return", label: "Return", description: "Sending goods back" },
            {
              key: "question",
              label: "Question",
              description: "Asks for a price, a date or how something works",
            },
          ],
        }),
      ),
      inside("each", node("reply", "agent", "Mara replies", 340, 100, { agentId, prompt: "{{ item }}" })),
      node("check", "approval", "Send these replies?", 960, 120, {
        title: "Send {{ each.count }} replies?",
        message: MESSAGE,
        fields: [{ key: "note", label: "Note for the team", type: "text", required: false }],
        who: "anyone",
        userIds: [],
        timeoutHours: 72,
        remindHours: 24,
      }),
      node("sent", "output", "Sent", 1260, 20, {
        fields: [
          { key: "decision", mode: "template", value: "sent" },
          { key: "replies", mode: "expression", value: "each.items" },
        ],
      }),
      node("kept", "output", "Kept back", 1260, 200, {
        fields: [{ key: "decision", mode: "template", value: "kept back: {{ check.comment }}" }],
      }),
      {
        ...node("why", "note", "Why a person looks", 960, 320, {
          text: "Nothing goes out before somebody has read it. After three days without an answer the replies are kept back.",
          color: "yellow",
        }),
        size: { width: 260, height: 120 },
      },
    ],
    edges: [
      edge("input", "each"),
      edge("each", "check"),
      edge("check", "sent", "approved"),
      edge("check", "kept", "rejected"),
      edge("check", "kept", "timeout"),
      ...["refund", "return", "question", "none"].map((port) => edge("sort", "reply", port)),
    ],
  };
}

/** A workflow that answers many messages at once and asks a person before anything is sent. */
export async function publishInboxWorkflow(scope: TenantScope, agentId: string): Promise<string> {
  const made = await createWorkflow(scope, {
    name: "Answer the inbox",
    description: "Sorts the messages, lets Mara answer each, and asks a person before the replies are sent.",
    template: "blank",
    graph: inboxGraph(agentId),
  });
  await publishWorkflow(scope, { workflowId: made.id, revision: made.revision, note: "First version" });
  return made.id;
}
