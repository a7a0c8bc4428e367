import { Inngest } from "inngest";
import { env } from "@/lib/env";
import { log } from "@/lib/log";
import { boundedFetch } from "./bounded-fetch";
import { CLIENT_ID, embedded, embeddedFetch } from "./embedded";
import { sdkLog } from "./sdk-log";

/**
 * Cloud mode with a key of its own, also when embedded: in the SDK's dev mode no call is checked, and anybody who
 * reaches the route could run any function.
 */
function embeddedSettings() {
  return {
    isDev: false,
    baseUrl: "http://engine.embedded",
    eventKey: "embedded",
    signingKey: embedded().signingKey,
    fetch: embeddedFetch,
  };
}

/** Sends events and makes functions. Its keys and address come from the environment, or the engine is in this process. */
export const inngest = new Inngest({
  id: CLIENT_ID,
  logger: log,
  internalLogger: sdkLog,
  ...(env().engine === "embedded" ? embeddedSettings() : { fetch: boundedFetch() }),
});
