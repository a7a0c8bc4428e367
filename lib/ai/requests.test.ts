import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chat } from "@/e2e/provider/replies";
import { type Provider, startProvider } from "@/e2e/provider/server";
import { Secret } from "@/lib/secrets/secret";
import { generate } from "./generate";

let stub: Provider;
beforeAll(async () => {
  stub = await startProvider();
});
afterAll(() => stub.close());

describe.each(["openai", "openai_compatible"] as const)("a request to %s", (provider) => {
  const ask = (key: string, providerModel: string, mayLeave?: Promise<void>) => {
    const model = {
      provider,
      modelKey: "our-key",
      providerModel,
      apiKey: new Secret(key),
      baseUrl: stub.baseUrl,
    };
    return generate({ model, prompt: "Hi", mayLeave });
  };

  it("waits until it may leave, alone, and is not made when it may not", async () => {
    stub.reset();
    const leave = Promise.withResolvers<void>();
    const answer = ask("sk-canary-0123456789", "stub-1", leave.promise);
    const refused = ask("sk-canary-0123456789", "stub-1", Promise.reject(new Error("it may not")));
    await expect(refused).rejects.toMatchObject({
      code: "upstream",
      partial: { usage: { totalTokens: 0 } },
    });
    expect(stub.requests).toEqual([]);
    stub.play(chat({ content: "Meanwhile." }), chat({ content: "Hello." }));
    expect((await ask("sk-canary-0123456789", "stub-1")).text).toBe("Meanwhile.");
    leave.resolve();
    expect((await answer).text).toBe("Hello.");
    expect(stub.requests).toHaveLength(2);
  });

  it("has the key, and names the model, that the settings have now", async () => {
    const settings = [
      ["first", "stub-1"],
      ["second", "stub-1"],
      ["second", "stub-2"],
    ] as const;
    for (const [key, providerModel] of settings) {
      stub.play(chat({ content: "Hello." }));
      await ask(key, providerModel);
      const request = stub.requests.at(-1);
      expect(request?.headers.authorization).toBe(`Bearer ${key}`);
      expect(request?.body).toMatchObject({ model: providerModel });
    }
  });
});
