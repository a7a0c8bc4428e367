import { beforeAll, describe, expect, it } from "vitest";
import { asPlatform } from "@/db/access";
import { aiModels, systemConfigs } from "@/db/schema/config";
import type { PlatformScope } from "@/db/scope";
import { newId } from "@/lib/ids";
import { sealConfigValue } from "@/lib/secrets/config-values";
import { withTestDatabase } from "@/lib/testing/database";
import { apiScope, makePlatform, makeTenant } from "@/lib/testing/scopes";
import { EMBEDDING_MODEL_CONFIG_KEY, PROVIDER_CONFIG_KEYS } from "./provider-config";
import { embeddingModelKey, listModels, resolveModel } from "./queries";

withTestDatabase();

const key = `m-${newId()}`;
let platform: PlatformScope;

const configure = (name: string, value: string, isEncrypted: boolean) =>
  asPlatform(platform, (tx) => tx.insert(systemConfigs).values({ key: name, value, isEncrypted }));

beforeAll(async () => {
  platform = await makePlatform();
  const text = { modelType: "text", modelName: "A model" };
  await asPlatform(platform, (tx) =>
    tx.insert(aiModels).values([
      { ...text, modelKey: key, provider: "openai", providerModel: "gpt-real" },
      { ...text, modelKey: `${key}-off`, provider: "openai", isActive: false },
      { ...text, modelKey: `${key}-odd`, provider: "someone-else" },
      { ...text, modelKey: `${key}-e1`, provider: "internal", modelType: "embedding", modelName: "AA" },
      { ...text, modelKey: `${key}-e2`, provider: "internal", modelType: "embedding", modelName: "ZZ" },
    ]),
  );
});

describe("resolveModel", () => {
  it("opens the provider's sealed key and address", async () => {
    const { apiKey, baseUrl } = PROVIDER_CONFIG_KEYS.openai;
    expect(await resolveModel(key)).toEqual({
      provider: "openai",
      modelKey: key,
      providerModel: "gpt-real",
      maxOutputTokens: 16_384,
    });
    await configure(apiKey, sealConfigValue(apiKey, "sk-canary-key"), true);
    await configure(baseUrl, "https://proxy.example.com/v1", false);
    const ref = await resolveModel(key);
    expect(ref).toMatchObject({ baseUrl: "https://proxy.example.com/v1" });
    expect(ref.apiKey?.reveal()).toBe("sk-canary-key");
    expect(JSON.stringify(ref)).not.toContain("canary");
  });

  it("does not open a value that was moved from another setting", async () => {
    const { apiKey, baseUrl } = PROVIDER_CONFIG_KEYS.openai_compatible;
    await asPlatform(platform, (tx) =>
      tx
        .insert(aiModels)
        .values({ modelKey: `${key}-c`, modelName: "C", provider: "openai_compatible", modelType: "text" }),
    );
    await configure(apiKey, sealConfigValue("smtp.password", "hunter2"), true);
    await configure(baseUrl, "http://127.0.0.1:9/v1", false);
    await expect(resolveModel(`${key}-c`)).rejects.toMatchObject({
      code: "precondition",
      reason: "secret_unreadable",
      retryable: false,
    });
  });

  it.each([`${key}-off`, `${key}-odd`, `${key}-e1`, "nothing"])(
    "refuses %s as a text model",
    async (modelKey) => {
      await expect(resolveModel(modelKey)).rejects.toMatchObject({
        code: "precondition",
        reason: "model_unavailable",
      });
    },
  );
});

describe("choosing", () => {
  it("lists active models of known providers to those who may read them", async () => {
    const tenant = await makeTenant();
    const keys = (await listModels(tenant.member)).map((model) => model.modelKey);
    expect(keys).toContain(key);
    for (const hidden of [`${key}-off`, `${key}-odd`, `${key}-e1`]) expect(keys).not.toContain(hidden);
    await expect(listModels(apiScope(tenant, ["usage:read"]))).rejects.toMatchObject({ code: "forbidden" });
  });

  it("takes the configured embedding model, else the first by name", async () => {
    expect(await embeddingModelKey()).toBe(`${key}-e1`);
    await configure(EMBEDDING_MODEL_CONFIG_KEY, `${key}-e2`, false);
    expect(await embeddingModelKey()).toBe(`${key}-e2`);
  });
});
