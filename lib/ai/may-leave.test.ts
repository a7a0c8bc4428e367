import { afterAll, beforeAll, expect, it } from "vitest";
import { chat } from "@/e2e/provider/replies";
import { type Provider, startProvider } from "@/e2e/provider/server";
import { Secret } from "@/lib/secrets/secret";
import { generate } from "./generate";

let stub: Provider;
beforeAll(async () => {
  stub = await startProvider();
});
afterAll(() => stub.close());

it.each(["openai", "openai_compatible"] as const)(
  "%s: waits with the request until it may leave, and asks nothing when it may not",
  async (provider) => {
    const apiKey = new Secret("sk-canary-0123456789");
    const model = { provider, modelKey: "our-key", providerModel: "stub-1", apiKey, baseUrl: stub.baseUrl };
    const ask = (mayLeave: Promise<void>) => generate({ model, prompt: "Hi", mayLeave });
    const leave = Promise.withResolvers<void>();
    stub.play(chat({ content: "Hello." }));
    const answer = ask(leave.promise);
    const refused = ask(Promise.reject(new Error("it may not")));
    await expect(refused).rejects.toMatchObject({
      code: "upstream",
      partial: { usage: { totalTokens: 0 } },
    });
    expect(stub.requests).toEqual([]);
    leave.resolve();
    expect((await answer).text).toBe("Hello.");
    expect(stub.requests).toHaveLength(1);
  },
);
