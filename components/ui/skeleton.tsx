import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";

/** The shape of something that is loading. */
export function Skeleton({ className, ...props }: ComponentProps<"div">) {
  return (
    <div className={cn("animate-pulse rounded-md bg-accent", className)} aria-hidden="true" {...props} />
  );
}
