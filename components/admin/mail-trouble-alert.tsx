import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import type { MailTrouble } from "@/lib/email/trouble";

const counted = (count: number) => (count === 1 ? "One mail" : `${count.toLocaleString("en-US")} mails`);

/** Says that mail does not go out, and what the mail server says; nothing while it does. `href` leads to what was given up. */
export function MailTroubleAlert({
  trouble: { waiting, failed, lastError },
  href,
}: {
  trouble: MailTrouble;
  href?: string;
}) {
  if (waiting + failed === 0) return null;
  return (
    <Alert
      tone={failed > 0 ? "danger" : "warning"}
      title={
        failed > 0
          ? `${counted(failed)} could not be sent in the last 24 hours.`
          : `${counted(waiting)} could not be sent yet.`
      }
      action={
        href && failed > 0 ? (
          <Button asChild variant="outline" size="sm">
            <Link href={href}>See them</Link>
          </Button>
        ) : null
      }
    >
      {failed > 0 && waiting > 0 ? `${counted(waiting)} more will be tried again. ` : null}
      {failed === 0 ? "Each is tried six times in four hours. " : null}
      {lastError ? <>Last error: {lastError}</> : null}
    </Alert>
  );
}
