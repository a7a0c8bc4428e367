import { TextLink } from "@/components/accounts/text-link";
import { Alert } from "@/components/ui/alert";

/** Where mail goes on an installation without a mail server. */
export function OutboxHint() {
  return (
    <Alert tone="info" title="No mail server is set up here">
      Mails are not sent; they are on <TextLink href="/outbox">the outbox page</TextLink>.
    </Alert>
  );
}
