import { Link } from "@/components/ui/link";
import { openTabClasses, tabClasses } from "@/components/ui/tab-classes";
import { cn } from "@/lib/cn";
import type { UsageGroupBy, UsageInput } from "@/lib/usage/input";

export const GROUP_LABELS: Readonly<Record<UsageGroupBy, string>> = {
  day: "Day",
  agent: "Agent",
  workflow: "Workflow",
  model: "Model",
  resource: "Resource",
};

export function GroupTabs({
  current,
  groups,
  range,
}: {
  current: UsageGroupBy;
  groups: readonly UsageGroupBy[];
  range: UsageInput;
}) {
  return (
    <nav aria-label="Group by" className="scrollbar-thin mb-4 flex gap-1 overflow-x-auto border-b">
      {groups.map((group) => (
        <Link
          key={group}
          href={`/app/usage?from=${range.from}&to=${range.to}&by=${group}`}
          scroll={false}
          aria-current={group === current ? "page" : undefined}
          className={cn(tabClasses, group === current && openTabClasses)}
        >
          {GROUP_LABELS[group]}
        </Link>
      ))}
    </nav>
  );
}
