import "server-only";
import { dispatchMail } from "@/lib/email/dispatch";

/** Sends at once what `notify` wrote. Call it after the commit; never throws, and the sweeps send it otherwise. */
export async function dispatchNotices(): Promise<void> {
  await dispatchMail();
}
