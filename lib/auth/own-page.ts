import "server-only";
import { AppError } from "@/lib/errors";
import type { Session } from "./session";

/**
 * What is on a page was meant for the workspace of whoever opened it, not for that of who has signed in since in another
 * tab.
 * @param person the id of who opened it, where the page says so
 */
export function assertOwnPage(session: Session | null, person: unknown): void {
  if (typeof person !== "string" || !session || session.userId === person) return;
  const message = `Nothing was done: this page was opened as somebody else, and by now you are signed in as ${session.email}. Load it again to go on as that, or sign in as before in another tab and repeat this.`;
  throw new AppError("conflict", message, { reason: "other_person" });
}
