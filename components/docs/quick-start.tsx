import { CodeText } from "@/components/docs/code-text";
import { CodeBlock } from "@/components/shared/code-block";

type Step = { title: string; text: string; code: string };

const JSON_TYPE = '-H "Content-Type: application/json"';

function stepsFor(serverUrl: string): Step[] {
  return [
    {
      title: "Set the address and your key",
      text: "Make a key in the console under API keys, with the scopes it needs. It is shown once.",
      code: `export HB_URL=${serverUrl}\nexport HB_KEY=hb_…\nAUTH="Authorization: Bearer $HB_KEY"`,
    },
    {
      title: "Upload a document and wait until it can be searched",
      text: "Wherever something takes a moment, `wait` holds the answer until it is done: for at most 30 seconds, or 120 where it starts a run.",
      code: `DOC=$(curl -s "$HB_URL/api/v1/documents" -H "$AUTH" \\
  -F "file=@handbook.pdf" | jq -r .document.id)

curl -s "$HB_URL/api/v1/documents/$DOC?wait=30" -H "$AUTH" \\
  | jq '{status, pageCount, error}'`,
    },
    {
      title: "Search it",
      text: "Each passage comes with its document and page.",
      code: `curl -s "$HB_URL/api/v1/documents/search" -H "$AUTH" \\
  ${JSON_TYPE} \\
  -d '{"query": "When is a delivery late?", "topK": 3}' \\
  | jq '.data[] | {filename, page, score, text}'`,
    },
    {
      title: "Run an agent",
      text: "The `Idempotency-Key` makes it safe to send the call again: the run happens, and is billed, once.",
      code: `AGENT=$(curl -s "$HB_URL/api/v1/agents" -H "$AUTH" | jq -r '.data[0].id')

curl -s "$HB_URL/api/v1/agents/$AGENT/runs?wait=30" -H "$AUTH" \\
  ${JSON_TYPE} -H "Idempotency-Key: question-1" \\
  -d '{"prompt": "When is a delivery late?"}' \\
  | jq '{status, answer: .result.text, cost}'`,
    },
    {
      title: "Run a workflow and follow it",
      text: "`inputSchema` says what a run takes. The stream ends when the run does.",
      code: `FLOW=$(curl -s "$HB_URL/api/v1/workflows?q=customer" -H "$AUTH" | jq -r '.data[0].id')
curl -s "$HB_URL/api/v1/workflows/$FLOW" -H "$AUTH" | jq .inputSchema

RUN=$(curl -s "$HB_URL/api/v1/workflows/$FLOW/runs" -H "$AUTH" \\
  ${JSON_TYPE} -H "Idempotency-Key: order-1042" \\
  -d '{"input": {"customer": "Ada", "question": "When is a delivery late?"}}' \\
  | jq -r .id)

curl -sN "$HB_URL/api/v1/executions/$RUN/stream" -H "$AUTH"`,
    },
    {
      title: "Read the result, its steps and what each cost",
      text: "Costs are in your own prices, exact to the millionth, and add up to the invoice.",
      code: `curl -s "$HB_URL/api/v1/executions/$RUN" -H "$AUTH" \\
  | jq '{status, result, cost,
        steps: [.steps[] | {name, status, tokens, cost: .cost.amount}]}'`,
    },
    {
      title: "Read usage and invoices",
      text: "",
      code: `curl -s "$HB_URL/api/v1/usage?by=model" -H "$AUTH" | jq '.data[] | {key, runs, tokens, cost}'

INVOICE=$(curl -s "$HB_URL/api/v1/invoices" -H "$AUTH" | jq -r '.data[0].id')
curl -s "$HB_URL/api/v1/invoices/$INVOICE" -H "$AUTH" \\
  | jq '{number, total, lines: [.lines[].description]}'
curl -s "$HB_URL/api/v1/invoices/$INVOICE/pdf" -H "$AUTH" -o invoice.pdf`,
    },
  ];
}

/** The main job from a shell, in the order somebody would do it. */
export function QuickStart({ serverUrl }: { serverUrl: string }) {
  return (
    <ol className="mt-6 flex flex-col gap-8">
      {stepsFor(serverUrl).map(({ title, text, code }, index) => (
        <li key={title} className="grid gap-x-8 gap-y-3 xl:grid-cols-[16rem_1fr]">
          <div>
            <h3 className="font-medium text-sm">
              <span className="tabular mr-2 text-muted-foreground">{index + 1}.</span>
              {title}
            </h3>
            {text ? (
              <p className="mt-1 text-muted-foreground text-sm leading-relaxed">
                <CodeText text={text} />
              </p>
            ) : null}
          </div>
          <CodeBlock title="Shell" code={code} wrap />
        </li>
      ))}
    </ol>
  );
}
