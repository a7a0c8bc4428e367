import { ActionButton } from "@/components/shared/action-button";
import { DateTime } from "@/components/shared/date-time";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { FailedMail } from "@/lib/email/failed";
import type { ServerAction } from "@/lib/result";

/** Mails that were given up, and what the mail server said. */
export function FailedMailTable({
  mails,
  sendAgain,
}: {
  mails: readonly FailedMail[];
  sendAgain: ServerAction<{ mails: number }>;
}) {
  return (
    <Table folds>
      <TableHeader>
        <TableRow>
          <TableHead>To</TableHead>
          <TableHead>Reason</TableHead>
          <TableHead>Written</TableHead>
          <TableHead>
            <span className="sr-only">Send again</span>
          </TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {mails.map((mail) => (
          <TableRow key={mail.id}>
            <TableCell className="min-w-44">
              <p className="wrap-anywhere font-medium">{mail.recipient}</p>
              <p className="wrap-anywhere text-[0.8125rem] text-muted-foreground">{mail.subject}</p>
            </TableCell>
            <TableCell label="Reason" className="wrap-anywhere min-w-52">
              <span className="line-clamp-4 text-[0.8125rem]" title={mail.error ?? undefined}>
                {mail.error ?? "The mail server gave no reason."}
              </span>
            </TableCell>
            <TableCell label="Written" className="whitespace-nowrap">
              <DateTime value={mail.createdAt} />
            </TableCell>
            <TableCell className="text-right">
              <ActionButton
                action={sendAgain}
                input={{ mailId: mail.id }}
                size="sm"
                variant="outline"
                aria-label={`Send again: ${mail.subject}, to ${mail.recipient}`}
                successMessage="It is being sent again."
              >
                Send again
              </ActionButton>
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
