import { cn } from "@/lib/cn";

/** The mark: somebody sitting calmly, or a node over the edges that lead to it. */
export function LogoMark({ className }: { className?: string }) {
  return (
    <svg viewBox="4 3.5 24 24" fill="none" className={cn("size-7", className)} aria-hidden="true">
      <circle cx="16" cy="8.2" r="3.7" className="fill-brand" />
      <g stroke="currentColor" strokeWidth="2.5" strokeLinecap="round">
        <path d="M10.2 20c0-4.4 2-6.8 5.8-6.8s5.8 2.4 5.8 6.8" />
        <path d="M5.4 22.600c3.4 3.7 17.8 3.7 21.2 0" />
      </g>
    </svg>
  );
}

/** The mark and the name. */
export function Logo({ className }: { className?: string }) {
  return (
    <span className={cn("flex w-fit items-center gap-2 font-semibold tracking-tight", className)}>
      <LogoMark />
      HireBuddha
    </span>
  );
}
