import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { NOTICE_KINDS } from "@/lib/notifications/kinds";
import { noticePayload } from "@/lib/notifications/message";
import { newEndpointSecret, signedHeaders } from "@/lib/notifications/signature";
import { TRIGGER_LIMITS } from "@/lib/triggers/limits";
import { Conventions } from "./conventions";

/** What stands under a title of the reference. */
function toldUnder(title: string): string {
  const html = renderToStaticMarkup(<Conventions />);
  return new RegExp(`>${title}</dt>(.*?)</dd>`, "s").exec(html)?.[1] ?? "";
}

it("tells a sender how often a webhook may be called, as it does of a key", () => {
  const told = toldUnder("Limits");
  expect(told).toMatch(new RegExp(`${TRIGGER_LIMITS.hook.max} calls a minute .*for each webhook`));
});

it("tells a receiver of messages each type there is, what is in one, and which headers come with it", () => {
  const told = toldUnder("Messages to your systems");
  const words = new Set([...told.matchAll(/<code[^>]*>([^<]*)<\/code>/g)].map(([, word]) => word));
  const notice = { kind: "run_failed", title: "x", ids: { executionId: "x" } } as const;
  const { data, ...message } = noticePayload("msg_1", notice, "https://hire.example.com/x", new Date());
  const headers = signedHeaders({ id: "msg_1", body: "{}" }, [newEndpointSecret()], new Date());
  for (const name of [message, { data }, data, headers].flatMap(Object.keys).concat(NOTICE_KINDS))
    expect(words, name).toContain(name);
});
