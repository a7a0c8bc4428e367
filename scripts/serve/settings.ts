import { parseEnv } from "@/lib/env";

/**
 * What is wrong with the settings the server is about to be started with; null when they are complete. Asked before
 * anything is built, which takes a while and fails with the same at its end.
 */
export function settingsProblem(
  source: Record<string, string | undefined>,
  mode = "production",
): string | null {
  try {
    parseEnv({ ...source, NODE_ENV: mode });
    return null;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return error.message.replace(/^The/, "the").replace(/\.$/, "");
  }
}
