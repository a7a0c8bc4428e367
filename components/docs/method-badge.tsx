import { Badge, type Tone } from "@/components/ui/badge";
import { cn } from "@/lib/cn";

const TONES: Readonly<Record<string, Tone>> = { get: "info", post: "success", delete: "danger" };

export function MethodBadge({ method, className }: { method: string; className?: string }) {
  return (
    <Badge tone={TONES[method] ?? "neutral"} className={cn("rounded-md font-mono uppercase", className)}>
      {method}
    </Badge>
  );
}
