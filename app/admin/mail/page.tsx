import { MailCheck } from "lucide-react";
import type { Metadata } from "next";
import { FailedMailTable } from "@/components/admin/failed-mail-table";
import { MailTroubleAlert } from "@/components/admin/mail-trouble-alert";
import { ActionButton } from "@/components/shared/action-button";
import { CursorPager } from "@/components/shared/data-table";
import { EmptyState } from "@/components/shared/empty-state";
import { PageHeader } from "@/components/shared/page-header";
import { requirePlatform } from "@/lib/auth/scope";
import { AGAIN_DAYS, listFailedMails } from "@/lib/email/failed";
import { listFailedMailsInput } from "@/lib/email/input";
import { mailTrouble } from "@/lib/email/trouble";
import { readQuery, type SearchParams } from "@/lib/query";
import { sendMailAgainAction, sendMailsAgainAction } from "./actions";

export const metadata: Metadata = { title: "Mail" };

export default async function MailPage({ searchParams }: { searchParams: SearchParams }) {
  const scope = await requirePlatform();
  const page = await listFailedMails(scope, await readQuery(searchParams, listFailedMailsInput));
  const trouble = await mailTrouble(scope);
  return (
    <>
      <PageHeader
        title="Mail"
        description="Mails of the last 90 days that were given up after six tries in four hours, newest first. A link in one may have ended since: whoever opens it is told so."
        actions={page.recent > 0 ? <SendAllButton recent={page.recent} /> : null}
      />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
        <MailTroubleAlert trouble={trouble} />
        {page.items.length === 0 ? (
          <EmptyState icon={MailCheck} title="No mail was given up">
            When a mail server refuses a mail, or cannot be reached for hours, the mail is here, with what the
            server said. It can be sent again from here.
          </EmptyState>
        ) : (
          <div>
            <FailedMailTable mails={page.items} sendAgain={sendMailAgainAction} />
            <CursorPager nextCursor={page.nextCursor} />
          </div>
        )}
      </div>
    </>
  );
}

function SendAllButton({ recent }: { recent: number }) {
  const mails = recent === 1 ? "the one mail" : `the ${recent.toLocaleString("en-US")} mails`;
  return (
    <ActionButton
      action={sendMailsAgainAction}
      input={{}}
      successMessage="They are being sent again."
      confirm={{
        title: "Send them all again?",
        description: `These are ${mails} given up in the last ${AGAIN_DAYS} days. Each is tried six times in four hours, as if it were new.`,
        confirmLabel: "Send again",
      }}
    >
      Send all again
    </ActionButton>
  );
}
