import { CodeText } from "@/components/docs/code-text";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { REFUSALS } from "@/lib/api/refusals";
import { NOTICE_KINDS } from "@/lib/notifications/kinds";

const RULES: readonly { title: string; text: string }[] = [
  {
    title: "Keys",
    text: "Send `Authorization: Bearer hb_…` with every call. A key belongs to one workspace, holds only its scopes, and works as long as whoever made it is an admin there; cookies mean nothing here. What belongs to another workspace does not exist: 404.",
  },
  {
    title: "Data",
    text: "JSON in UTF-8, at most 1 MB, names in camelCase. Ids are UUIDs, times ISO 8601 in UTC. Fields and parameters that are not documented are refused.",
  },
  {
    title: "Money",
    text: "An amount is a decimal in a string with six decimals, beside its currency: no rounding on the way.",
  },
  {
    title: "Lists",
    text: "`data` holds the rows, newest first where nothing else is said. Send `nextCursor` back as `cursor` until it is null. `limit` is at most 100.",
  },
  {
    title: "Doing it once",
    text: "Calls that start runs, change the plan or buy credit take an `Idempotency-Key` of up to 255 visible ASCII characters without spaces. Sent again with the same request nothing is done twice: it answers with what the first call did and `Idempotency-Replayed: true`; with another request it is refused with 409.",
  },
  {
    title: "Webhooks that start a workflow",
    text: "Their address and secret are on their page under Triggers and they take no key. `HireBuddha-Signature: t=…,v1=…` is the hex of HMAC-SHA256 over the time in whole seconds, a dot and the body. Give each delivery a `HireBuddha-Delivery` of its own: the same starts no second run. The signature does not cover it, so the same body signed in the same second is one delivery under whatever name: put something into the body that differs. One that waits for the result answers 200 once the run has ended: look at `status`, since a run that failed has `result: null` and says why in `error` (`code`, `message`, `nodeId`). A run that still goes on answers 202, with `statusUrl`. 412 says that the workspace can start nothing just now, and the webhook's log why. A whole number in its JSON that is beyond 9,007,199,254,740,991, such as a long id, is read as text, with all of its digits.",
  },
  {
    title: "Messages to your systems",
    text: `An admin adds their addresses under Settings → Webhooks. Each message is JSON: its \`id\`, its \`type\`, when it was \`createdAt\`, and in \`data\` a \`title\`, the \`href\` of the page that shows more, and the ids of what it is about, such as \`executionId\`. The types are ${NOTICE_KINDS.map((kind) => `\`${kind}\``).join(", ")}, and \`test\` for one that was asked for by hand. \`webhook-signature\` is \`v1,\` and the base64 of HMAC-SHA256 over \`webhook-id\`, \`webhook-timestamp\` and the body, with dots between; its key is what the base64 behind \`whsec_\` stands for, and while a secret changes there are several with spaces between. Answer with a 2xx within ten seconds, and take each \`webhook-id\` once: what is not taken is tried nine times over a day, and no earlier than a \`Retry-After\` of up to an hour asks for. An address that answers 410, or takes none of twenty in a row, is turned off.`,
  },
  {
    title: "Limits",
    text: "600 calls a minute for each key and for each webhook that starts a workflow, and as many starts and waiting runs as the plan allows; over it the answer is 429 with `Retry-After` in seconds. Files have at most 50 MB.",
  },
];

/** What holds for every call. */
export function Conventions() {
  return (
    <>
      <dl className="mt-5 grid gap-x-8 gap-y-5 sm:grid-cols-2">
        {RULES.map(({ title, text }) => (
          <div key={title}>
            <dt className="font-medium text-sm">{title}</dt>
            <dd className="mt-1 text-muted-foreground text-sm leading-relaxed">
              <CodeText text={text} />
            </dd>
          </div>
        ))}
      </dl>
      <h3 className="mt-8 font-medium text-sm" id="errors">
        Errors
      </h3>
      <p className="mt-1 mb-3 max-w-2xl text-muted-foreground text-sm leading-relaxed">
        <CodeText text="Every refusal is `application/problem+json` (RFC 9457): a `detail` for people, a `code` for programs, often a `reason`, what is wrong by field in `fields`, and the `requestId` to quote." />
      </p>
      <Table>
        <TableHeader>
          <TableRow>
            {["Status", "Code", "Meaning", "Try again"].map((heading) => (
              <TableHead key={heading}>{heading}</TableHead>
            ))}
          </TableRow>
        </TableHeader>
        <TableBody>
          {REFUSALS.map(({ name, status, code, sentence, isRetryable }) => (
            <TableRow key={name}>
              <TableCell className="tabular py-2">{status}</TableCell>
              <TableCell className="py-2 font-mono text-[0.8125rem]">{code}</TableCell>
              <TableCell className="min-w-52 py-2">{sentence}</TableCell>
              <TableCell className="py-2">{isRetryable ? "Later" : "No"}</TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </>
  );
}
