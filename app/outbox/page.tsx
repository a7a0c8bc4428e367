import { Inbox } from "lucide-react";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { connection } from "next/server";
import { EmptyState } from "@/components/shared/empty-state";
import { PageHeader } from "@/components/shared/page-header";
import { RelativeTime } from "@/components/shared/relative-time";
import { SearchInput } from "@/components/shared/search-input";
import { Button } from "@/components/ui/button";
import { Card, CardContent, CardHeader, CardTitle } from "@/components/ui/card";
import { Link } from "@/components/ui/link";
import { listOutboxInput } from "@/lib/email/input";
import { hasOutboxPage, listOutbox, type OutboxMail } from "@/lib/email/outbox";
import { readQuery, type SearchParams } from "@/lib/query";

export const metadata: Metadata = { title: "Outbox", referrer: "no-referrer" };

function MailCard({ mail }: { mail: OutboxMail }) {
  return (
    <Card>
      <CardHeader>
        <CardTitle>{mail.subject}</CardTitle>
        <p className="text-muted-foreground text-sm">
          To <span className="wrap-anywhere text-foreground">{mail.recipient}</span>,{" "}
          <RelativeTime value={mail.createdAt} />
        </p>
      </CardHeader>
      <CardContent className="grid gap-4">
        <div className="grid gap-3 text-sm leading-relaxed">
          {mail.body.split(/\n{2,}/).map((paragraph) => (
            <p key={paragraph}>{paragraph}</p>
          ))}
        </div>
        {mail.actionUrl ? (
          <Button asChild className="w-fit">
            <a href={mail.actionUrl}>{mail.actionLabel}</a>
          </Button>
        ) : null}
      </CardContent>
    </Card>
  );
}

export default async function OutboxPage({ searchParams }: { searchParams: SearchParams }) {
  // Never while the app is built, which would open the database of the data folder for it.
  await connection();
  if (!hasOutboxPage()) notFound();
  const filter = await readQuery(searchParams, listOutboxInput);
  const mails = await listOutbox(filter);
  return (
    <main className="mx-auto w-full max-w-2xl px-4 py-10">
      <PageHeader
        title="Outbox"
        description="This installation has no mail server, so the mails it would send are shown here, newest first. With SMTP_URL set they are sent, and this page is gone."
        actions={
          <Button asChild variant="outline">
            <Link href="/sign-in">Sign in</Link>
          </Button>
        }
      />
      {mails.length > 0 || filter.to ? (
        <div className="mb-6">
          <SearchInput param="to" label="Search by address" />
        </div>
      ) : null}
      {mails.length === 0 ? (
        <EmptyState icon={Inbox} title={filter.to ? "No mail to this address" : "No mail yet"}>
          Sign up, ask for a new password or invite somebody, and the mail appears here.
        </EmptyState>
      ) : (
        <div className="grid gap-4">
          {mails.map((mail) => (
            <MailCard key={mail.id} mail={mail} />
          ))}
        </div>
      )}
    </main>
  );
}
