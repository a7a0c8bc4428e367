import type { Metadata } from "next";
import { cache } from "react";
import { AdjustEntry, ReverseEntry } from "@/components/admin/correct-entry";
import { LedgerEntry } from "@/components/admin/ledger-entry";
import { PageHeader } from "@/components/shared/page-header";
import { Alert } from "@/components/ui/alert";
import { Link } from "@/components/ui/link";
import { orNotFound } from "@/lib/auth/page";
import { requirePlatform } from "@/lib/auth/scope";
import { getLedgerEntry } from "@/lib/billing/ledger-queries";
import { newId } from "@/lib/ids";
import { describeResource } from "@/lib/metering/resources";
import { modelNames } from "@/lib/models/names";
import { adjustEntryAction, reverseEntryAction } from "../actions";

type Params = Promise<{ entryId: string }>;

const entryOf = cache(async (entryId: string) => {
  const scope = await requirePlatform();
  const entry = await orNotFound(getLedgerEntry(scope, entryId));
  return { entry, title: describeResource(entry.resourceType, entry.modelKey, await modelNames(scope)) };
});

export async function generateMetadata({ params }: { params: Params }): Promise<Metadata> {
  return { title: (await entryOf((await params).entryId)).title };
}

export default async function LedgerEntryPage({ params }: { params: Params }) {
  const { entry, title } = await entryOf((await params).entryId);
  const isOpen = entry.leftMicros > 0n;
  return (
    <>
      <PageHeader
        title={title}
        description={`An entry of ${entry.tenantName ?? entry.tenantId}. It is never changed: what is wrong with it is taken back by a new one.`}
        breadcrumb={[{ label: "Ledger", href: "/admin/ledger" }, { label: `…${entry.id.slice(-8)}` }]}
        actions={
          isOpen ? (
            <>
              <AdjustEntry entry={entry} requestKey={newId()} action={adjustEntryAction} />
              {entry.corrections.length === 0 ? (
                <ReverseEntry entry={entry} action={reverseEntryAction} />
              ) : null}
            </>
          ) : null
        }
      />
      {entry.reversesId ? (
        <Alert className="mb-6" title="This entry corrects another one">
          {entry.note ? `${entry.note} ` : null}
          <Link href={`/admin/ledger/${entry.reversesId}`} className="underline underline-offset-2">
            Open the entry it belongs to
          </Link>
        </Alert>
      ) : null}
      <LedgerEntry entry={entry} />
    </>
  );
}
