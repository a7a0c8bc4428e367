import { UserCheck } from "lucide-react";
import type { Metadata } from "next";
import { ApprovalTable } from "@/components/approvals/approval-list";
import { CursorPager } from "@/components/shared/data-table";
import { EmptyState } from "@/components/shared/empty-state";
import { NothingFits } from "@/components/shared/nothing-fits";
import { PageHeader } from "@/components/shared/page-header";
import { Link } from "@/components/ui/link";
import { openTabClasses, tabClasses, tabListClasses } from "@/components/ui/tab-classes";
import { APPROVAL_LISTS, type ApprovalList, listApprovalsInput } from "@/lib/approvals/input";
import { listApprovals } from "@/lib/approvals/queries";
import { requireTenant } from "@/lib/auth/scope";
import { cn } from "@/lib/cn";
import { readQuery, type SearchParams } from "@/lib/query";

export const metadata: Metadata = { title: "Approvals" };

const LABELS: Readonly<Record<ApprovalList, string>> = {
  mine: "For you",
  waiting: "All open",
  answered: "No longer open",
};

const EMPTY: Readonly<Record<ApprovalList, { title: string; text: string }>> = {
  mine: {
    title: "Nothing waits for you",
    text: "A workflow with an approval stops there and asks. What it asks you appears here, and you are told by the bell and by mail.",
  },
  waiting: {
    title: "No run waits for a person",
    text: "Questions to anybody of this workspace appear here.",
  },
  answered: {
    title: "Nothing was answered yet",
    text: "Every answer is kept here, with who gave it, and every question that was over before.",
  },
};

export default async function ApprovalsPage({ searchParams }: { searchParams: SearchParams }) {
  const scope = await requireTenant();
  const query = await readQuery(searchParams, listApprovalsInput);
  const { items, nextCursor } = await listApprovals(scope, query);
  return (
    <>
      <PageHeader title="Approvals" description="Runs that ask a person before they go on." />
      <nav aria-label="Which approvals" className={cn(tabListClasses, "mb-4")}>
        {APPROVAL_LISTS.map((show) => (
          <Link
            key={show}
            href={show === "mine" ? "/app/approvals" : `/app/approvals?show=${show}`}
            aria-current={show === query.show ? "page" : undefined}
            className={cn(tabClasses, show === query.show && openTabClasses)}
          >
            {LABELS[show]}
          </Link>
        ))}
      </nav>
      {items.length > 0 ? (
        <>
          <ApprovalTable approvals={items} />
          <CursorPager nextCursor={nextCursor} />
        </>
      ) : query.cursor ? (
        <NothingFits what="question" />
      ) : (
        <EmptyState icon={UserCheck} title={EMPTY[query.show].title}>
          {EMPTY[query.show].text}
        </EmptyState>
      )}
    </>
  );
}
