import { serve } from "inngest/edge";
import { env } from "@/lib/env";
import { inngest } from "./client";
import { functions } from "./index";

/** Answers the engine's calls, from Inngest or from this process. Unsigned ones are 401 outside Inngest's dev mode. */
export const handler = serve({
  client: inngest,
  functions,
  // A self-hosted Inngest is told of the app by an unsigned PUT; the embedded engine signs its own.
  enableUnauthedSync: env().engine === "inngest",
});
