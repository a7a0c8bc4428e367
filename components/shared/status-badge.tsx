import { lookOf } from "@/components/shared/status";
import { Badge } from "@/components/ui/badge";
import { cn } from "@/lib/cn";

/** A status as icon, word and tone, never by colour alone. `label` replaces the word, e.g. "Ready" for a document. */
export function StatusBadge({
  status,
  label,
  className,
}: {
  status: string;
  label?: string;
  className?: string;
}) {
  const { icon: Icon, tone, moving, label: usual } = lookOf(status);
  return (
    <Badge tone={tone} className={className} data-status={status}>
      <Icon className={cn(moving && "animate-spin [animation-duration:2s]")} aria-hidden="true" />
      {label ?? usual}
    </Badge>
  );
}
