import { beforeAll, expect, it } from "vitest";
import type { PlatformScope } from "@/db/scope";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform } from "@/lib/testing/scopes";
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
