import { join } from "node:path";
import { type Demo, readDemo } from "../db/seed/demo-file";

export type Who = keyof Demo["users"];

/** The credentials that the start wrote for the server under test. */
export function demo(): Demo {
  const path = process.env.E2E_DEMO ?? join(process.env.E2E_DATA_DIR ?? ".data", "demo.json");
  const found = readDemo(path);
  if (!found) throw new Error(`There is no ${path}: start the server with npm start first.`);
  return found;
}
