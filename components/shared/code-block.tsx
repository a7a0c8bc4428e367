import { CopyButton } from "@/components/shared/copy-button";
import { cn } from "@/lib/cn";

/** Text to read or copy as it is. `title` names it, for instance a file or a command. */
export function CodeBlock({
  code,
  title,
  className,
  wrap = false,
}: {
  code: string;
  title?: string;
  className?: string;
  wrap?: boolean;
}) {
  return (
    <figure className={cn("overflow-hidden rounded-lg border bg-muted/50", className)}>
      <figcaption className="flex h-9 items-center justify-between border-b bg-muted/60 pr-1 pl-3">
        <span className="truncate font-medium text-muted-foreground text-xs">{title ?? "Code"}</span>
        <CopyButton value={code} label={`Copy ${title ?? "code"}`} className="size-7" />
      </figcaption>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a frame that scrolls must be reachable by keyboard
        tabIndex={0}
        className={cn(
          "scrollbar-thin max-h-120 overflow-auto p-3 font-mono text-[0.8125rem] leading-relaxed",
          wrap && "whitespace-pre-wrap break-words",
        )}
      >
        <code>{code}</code>
      </pre>
    </figure>
  );
}
