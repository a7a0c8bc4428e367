import { beforeAll, expect, it } from "vitest";
import type { PlatformScope } from "@/db/scope";
import { addDocument, seedEmbeddingModel } from "@/lib/knowledge/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform, makeTenant } from "@/lib/testing/scopes";
import { saveModel } from "./commands/platform";
import { saveModelInput } from "./input";
import { listAllModels } from "./queries/platform";

withTestDatabase();

let platform: PlatformScope;
beforeAll(async () => {
  platform = await makePlatform();
});

const FIELDS = { modelKey: "mine", modelName: "Mine", provider: "openai", modelType: "text" };
const save = (fields: Record<string, string>) =>
  saveModel(platform, saveModelInput.parse({ ...FIELDS, ...fields }));

it("a model that is added does not take the place of one that is there, which is changed as itself", async () => {
  await save({ isNew: "true", providerModel: "gpt-5-mini", contextTokens: "400000" });
  await expect(save({ isNew: "true", modelName: "Another" })).rejects.toMatchObject({
    code: "invalid",
    fields: { modelKey: [expect.stringContaining("already")] },
  });
  const mine = async () => (await listAllModels(platform)).find(({ modelKey }) => modelKey === "mine");
  expect(await mine()).toMatchObject({
    modelName: "Mine",
    providerModel: "gpt-5-mini",
    contextTokens: 400_000,
  });
  await save({ modelName: "Renamed", contextTokens: "" });
  expect(await mine()).toMatchObject({ modelName: "Renamed", contextTokens: null });
});

it("another model does not take the key that documents were embedded with, whose vectors say nothing beside its own", async () => {
  await seedEmbeddingModel();
  await seedEmbeddingModel("unused-embedding");
  await addDocument(await makeTenant(), "handbook.txt", "Refunds take five days.");
  const embedder = { modelKey: "internal-embedding", modelType: "embedding", provider: "internal" };
  const refused = (field: string) => ({
    code: "invalid",
    fields: { [field]: [expect.stringContaining("Add a model of its own")] },
  });
  await expect(save({ ...embedder, provider: "openai" })).rejects.toMatchObject(refused("provider"));
  await expect(save({ ...embedder, providerModel: "other" })).rejects.toMatchObject(refused("providerModel"));
  await save({ ...embedder, modelName: "Renamed", providerModel: "internal-embedding" });
  await save({ ...embedder, modelKey: "unused-embedding", provider: "openai" });
});

it("a size in tokens that is no whole number within bounds is told what it has to be", () => {
  const said = (contextTokens: string) =>
    saveModelInput.safeParse({ ...FIELDS, contextTokens }).error?.issues[0]?.message;
  expect(said("0")).toBe("At least 1.");
  expect(said("4 00 000")).toBe("Give a number.");
  expect(said("1.5")).toBe("Give a whole number.");
  expect(said("100000001")).toBe("At most 100,000,000.");
  expect(said("128000")).toBeUndefined();
});
