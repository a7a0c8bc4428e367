import { eq } from "drizzle-orm";
import { expect, it } from "vitest";
import { asPlatform } from "@/db/access";
import { aiModels } from "@/db/schema/config";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform } from "@/lib/testing/scopes";
import { knownModels, ownLimits, reach } from "./known-models";

withTestDatabase();

it("looks up what leads to a model once for steps that follow each other closely, and anew after that or a failure", async () => {
  const platform = await makePlatform();
  const modelKey = `m-${newId()}`;
  const known = knownModels();
  const assumed = { isAssumed: true };
  await expect(reach(known, modelKey, assumed)).rejects.toMatchObject({ reason: "model_unavailable" });
  const model = { modelKey, modelName: "A model", modelType: "text", provider: "internal" };
  await asPlatform(platform, (tx) => tx.insert(aiModels).values({ ...model, providerModel: "before" }));
  expect(await reach(known, modelKey, assumed)).toMatchObject({ providerModel: "before" });

  await asPlatform(platform, (tx) =>
    tx.update(aiModels).set({ providerModel: "after" }).where(eq(aiModels.modelKey, modelKey)),
  );
  // A turn that is taken again goes by it too.
  expect(await reach(ownLimits(known), modelKey, assumed)).toMatchObject({ providerModel: "before" });

  const last = known.reached.get(modelKey);
  if (last) known.reached.set(modelKey, { ...last, sinceMs: last.sinceMs - 1_001 });
  expect(await reach(known, modelKey, assumed)).toMatchObject({ providerModel: "after" });

  // Where its limits are being read anew, what was found before says nothing.
  await asPlatform(platform, (tx) =>
    tx.update(aiModels).set({ isActive: false }).where(eq(aiModels.modelKey, modelKey)),
  );
  await expect(reach(known, modelKey, { isAssumed: false })).rejects.toMatchObject({
    reason: "model_unavailable",
  });
});
