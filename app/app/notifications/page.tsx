import { Bell, SlidersHorizontal } from "lucide-react";
import type { Metadata } from "next";
import { MarkButton } from "@/components/notifications/mark-button";
import { NotificationList } from "@/components/notifications/notification-list";
import { CursorPager } from "@/components/shared/data-table";
import { EmptyState } from "@/components/shared/empty-state";
import { FilterSelect, Toolbar } from "@/components/shared/filter-select";
import { NothingFits } from "@/components/shared/nothing-fits";
import { PageHeader } from "@/components/shared/page-header";
import { Button } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import { requireTenant } from "@/lib/auth/scope";
import { notificationsQuery } from "@/lib/notifications/input";
import { KIND_FACTS, NOTICE_KINDS } from "@/lib/notifications/kinds";
import { listNotifications } from "@/lib/notifications/queries/inbox";
import { readQuery, type SearchParams } from "@/lib/query";
import { markAllNotificationsAction, markNotificationAction } from "./actions";

export const metadata: Metadata = { title: "Notifications" };

const KINDS = NOTICE_KINDS.map((value) => ({ value, label: KIND_FACTS[value].label }));

export default async function NotificationsPage({ searchParams }: { searchParams: SearchParams }) {
  const scope = await requireTenant();
  const query = await readQuery(searchParams, notificationsQuery);
  const { items, nextCursor, unread } = await listNotifications(scope, query);
  const isFiltered = Boolean(query.show || query.kind || query.cursor);
  return (
    <>
      <PageHeader
        title="Notifications"
        description="What you were told of this workspace. Nobody else sees these."
        actions={
          <>
            {unread > 0 ? (
              <MarkButton
                action={markAllNotificationsAction}
                input={{}}
                variant="outline"
                successMessage="Everything is marked as read."
              >
                Mark all as read
              </MarkButton>
            ) : null}
            <Button asChild variant="outline">
              <Link href="/app/notifications/preferences">
                <SlidersHorizontal aria-hidden="true" />
                Preferences
              </Link>
            </Button>
          </>
        }
      />
      {items.length === 0 && !isFiltered ? (
        <EmptyState icon={Bell} title="Nothing to tell yet">
          When a run fails that nobody watches, a workflow asks for your approval, or a schedule is turned
          off, it is told here.
        </EmptyState>
      ) : (
        <>
          <Toolbar>
            <FilterSelect
              param="show"
              label="Read or not"
              options={[{ value: "unread", label: "Unread only" }]}
              allLabel="Read and unread"
            />
            <FilterSelect param="kind" label="Kind" options={KINDS} allLabel="Any kind" />
          </Toolbar>
          {items.length === 0 ? (
            <NothingFits what="notification" />
          ) : (
            <>
              <NotificationList items={items} mark={markNotificationAction} />
              <CursorPager nextCursor={nextCursor} />
            </>
          )}
        </>
      )}
    </>
  );
}
