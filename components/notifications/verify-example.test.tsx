import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { newEndpointSecret, signedHeaders } from "@/lib/notifications/signature";
import { VerifyExample } from "./verify-example";

const ENTITIES: Readonly<Record<string, string>> = {
  "&quot;": '"',
  "&#x27;": "'",
  "&lt;": "<",
  "&gt;": ">",
  "&amp;": "&",
};

/** The function of the page's example, as somebody who copies it has it. */
async function copied() {
  const [, html = ""] = /<pre[^>]*>(.*?)<\/pre>/s.exec(renderToStaticMarkup(<VerifyExample />)) ?? [];
  const code = html.replace(/<[^>]+>/g, "").replace(/&[^;]+;/g, (entity) => ENTITIES[entity] ?? entity);
  const { isFromHireBuddha } = await import(
    /* @vite-ignore */ `data:text/javascript,${encodeURIComponent(code)}`
  );
  return isFromHireBuddha as (secret: string, headers: object, body: string) => boolean;
}

it("gives code that takes what we sign, and refuses everything else without an error", async () => {
  const isFromHireBuddha = await copied();
  const body = '{"id":"msg_1","data":{"title":"Späť"}}';
  const [old, secret] = [newEndpointSecret(), newEndpointSecret()];
  const now = new Date();
  const headers = signedHeaders({ id: "msg_1", body }, [secret, old], now);
  expect([isFromHireBuddha(secret, headers, body), isFromHireBuddha(old, headers, body)]).toEqual([
    true,
    true,
  ]);

  expect(isFromHireBuddha(newEndpointSecret(), headers, body)).toBe(false);
  expect(isFromHireBuddha(secret, headers, `${body} `)).toBe(false);
  const early = new Date(now.getTime() - 301_000);
  expect(isFromHireBuddha(secret, signedHeaders({ id: "msg_1", body }, [secret], early), body)).toBe(false);
  for (const name of Object.keys(headers))
    expect(isFromHireBuddha(secret, { ...headers, [name]: undefined }, body), name).toBe(false);
  expect(isFromHireBuddha(secret, { ...headers, "webhook-signature": "v1" }, body)).toBe(false);
});
