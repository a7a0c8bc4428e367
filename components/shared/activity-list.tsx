import { RelativeTime } from "@/components/shared/relative-time";
import { Badge } from "@/components/ui/badge";
import { auditWords } from "@/lib/audit/words";

export type Activity = {
  id: string;
  action: string;
  about: string | null;
  who: string | null;
  isDenied?: boolean;
  createdAt: Date;
};

/** What happened lately, newest first. */
export function ActivityList({ items }: { items: readonly Activity[] }) {
  return (
    <ul className="divide-y text-sm">
      {items.map((item) => (
        <li key={item.id} className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5 py-2.5">
          <span className="wrap-anywhere min-w-0 flex-1 basis-60">
            {auditWords(item.action)}
            {item.about ? <span className="text-muted-foreground"> · {item.about}</span> : null}
            {item.isDenied ? (
              <Badge tone="danger" className="ml-2">
                Refused
              </Badge>
            ) : null}
          </span>
          <span className="text-muted-foreground text-xs">
            {item.who ? `${item.who}, ` : null}
            <RelativeTime value={item.createdAt} />
          </span>
        </li>
      ))}
    </ul>
  );
}
