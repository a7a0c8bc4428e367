import type { PublicError } from "@/lib/errors";
import { useEditor } from "./context";

const CHANGED =
  "Somebody has changed this workflow since you opened it. Reload the page to see what it is now.";

/**
 * What a dialog says when something was refused. Where somebody has saved over the draft on the screen it says nothing and
 * closes: both drafts can be compared behind it. Who has no room to edit reloads the page.
 */
export function useRefusal(close: () => void): (error: PublicError) => PublicError | null {
  const { dispatch, canEdit } = useEditor();
  return (error) => {
    if (error.reason !== "stale_revision") return error;
    if (!canEdit) return { code: error.code, message: CHANGED };
    dispatch({ type: "conflict", message: error.message });
    close();
    return null;
  };
}
