import "server-only";
import { asc } from "drizzle-orm";
import { asPartner, asPlatform, type Tx } from "@/db/access";
import { aiModels } from "@/db/schema/config";
import type { PartnerScope, PlatformScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import type { ModelNames } from "@/lib/metering/resources";
import { toldApart } from "./queries";

const COLUMNS = { modelKey: aiModels.modelKey, modelName: aiModels.modelName };
const read = (tx: Tx) => tx.select(COLUMNS).from(aiModels).orderBy(asc(aiModels.modelKey));

/** What all models are called, by their keys, for the operator. */
export async function modelNames(scope: PlatformScope): Promise<ModelNames> {
  authorize(scope, "model.read");
  return toldApart(await asPlatform(scope, read));
}

/** The same for a partner, whose prices are of models. */
export async function partnerModelNames(scope: PartnerScope): Promise<ModelNames> {
  authorize(scope, "price_book.read");
  return toldApart(await asPartner(scope, read));
}
