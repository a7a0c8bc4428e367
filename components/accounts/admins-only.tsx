import { Lock } from "lucide-react";
import { EmptyState } from "@/components/shared/empty-state";
import { PageHeader } from "@/components/shared/page-header";

/** What a member sees where only admins of the workspace have something to do. */
export function AdminsOnly({ title }: { title: string }) {
  return (
    <>
      <PageHeader title={title} />
      <EmptyState icon={Lock} title="For admins of this workspace">
        Ask one of them if you need something here. You find them under Team.
      </EmptyState>
    </>
  );
}
