import { toast } from "@/components/ui/toast";
import { leaveFor } from "@/components/ui/unsaved-store";

/** Says that something was done to somebody who has gone elsewhere meanwhile, and offers its page instead of opening it. */
export function sayDone(message: string, href: string, push: (href: string) => void): void {
  toast.success(message, { action: { label: "Open", onClick: () => leaveFor(href, push) } });
}
