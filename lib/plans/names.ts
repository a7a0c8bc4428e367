import type { Tx } from "@/db/access";
import { plans } from "@/db/schema/plans";
import { NO_PLAN } from "./input";

/** What plans are called, by their keys: those that are not sold any more too, and what is none. */
export async function readPlanNames(tx: Tx): Promise<Record<string, string>> {
  const rows = await tx.select({ key: plans.key, name: plans.name }).from(plans);
  return {
    [NO_PLAN]: "Pay as you go",
    trial: "Trial",
    ...Object.fromEntries(rows.map((row) => [row.key, row.name])),
  };
}
