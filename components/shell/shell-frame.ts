import type { ConsoleKind } from "@/components/shell/navigation";
import type { ServerAction } from "@/lib/result";

/** What the chrome of a console shows. It decides nothing: every page and action checks for itself. */
export type ShellFrame = {
  kind: ConsoleKind;
  /** Runs this workspace, partner or platform, so sections for admins are listed. */
  isAdmin: boolean;
  /** The addresses of the commands that this person may give now. */
  commands: readonly string[];
  /** Whose console it is: the workspace, the partner, or the platform. */
  ownerName: string;
  user: { id: string; name: string; email: string };
  /** The consoles this person has, this one included. */
  consoles: readonly ConsoleKind[];
  /** Mail is kept on a page of this installation instead of being sent. */
  hasOutbox: boolean;
};

/** Ends the session and goes to the sign-in page. */
export type SignOut = ServerAction<unknown>;
