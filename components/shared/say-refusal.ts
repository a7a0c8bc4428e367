import { toast } from "@/components/ui/toast";
import type { PublicError } from "@/lib/errors";

/** Says in the corner of the window why something was refused, where there is no place for it on the page. */
export function sayRefusal(error: PublicError): void {
  const details = Object.values(error.fields ?? {})
    .flat()
    .filter((sentence) => sentence !== error.message);
  toast.error(error.message, {
    description: error.ref ? `Reference ${error.ref}` : details.join(" ") || undefined,
  });
}
