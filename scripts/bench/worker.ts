// One bench of verbs on one fresh database, in a process of its own: tells its parent the figures and ends.
import { migrateDatabase } from "@/db/migrate";
import { database } from "@/db/pool";
import type { Figure, Size } from "./bench";
import { measureChain } from "./chain";
import { measureClosing } from "./closing";
import { measureHolds } from "./holds";
import { measureIngestion } from "./ingestion";
import { measureLedger } from "./ledger";
import { measureSimulation } from "./pricebook";
import { measureRetrieval } from "./retrieval";
import { measureRuns } from "./runs";

const MEASURES: Readonly<Record<string, (size: Size) => Promise<Figure[]>>> = {
  engine: measureChain,
  runs: measureRuns,
  ledger: measureLedger,
  closing: measureClosing,
  holds: measureHolds,
  ingestion: measureIngestion,
  pricebook: measureSimulation,
  retrieval: measureRetrieval,
};

const [name = "", quick] = process.argv.slice(2);
const measure = MEASURES[name];
if (!measure) throw new Error(`there is no bench ${name}`);
await migrateDatabase(await database());
const figures = await measure({ isQuick: quick !== undefined });
// The engine may still be at work; nothing of its database is to stay, so it is not waited for.
process.send?.(figures, undefined, undefined, () => process.exit(0));
