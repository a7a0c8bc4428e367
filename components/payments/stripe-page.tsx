import { ExternalLink } from "lucide-react";
import { EmptyState } from "@/components/shared/empty-state";
import { Button } from "@/components/ui/button";

/** Where an invoice is paid that Stripe collects by an invoice of its own. */
export function StripePageLink({ due, url }: { due: string; url: string | null }) {
  return (
    <EmptyState
      icon={ExternalLink}
      title="Pay this invoice at Stripe"
      action={
        url ? (
          <Button asChild>
            <a href={url} rel="noreferrer">
              Pay {due} at Stripe
            </a>
          </Button>
        ) : undefined
      }
    >
      {url
        ? "Its page there offers the ways in which it can be paid. It is marked as paid here once the money has arrived."
        : "Its page there is being made. Load this page again in a minute."}
    </EmptyState>
  );
}
