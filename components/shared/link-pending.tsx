"use client";

import { LoaderCircle } from "lucide-react";
import { useLinkStatus } from "next/link";
import { cn } from "@/lib/cn";

/** Inside a link: turns while its page is on the way. Consoles have no loading page: what is not there must answer 404, and a page that already streams cannot. */
export function LinkPending({ className }: { className?: string }) {
  const { pending } = useLinkStatus();
  if (!pending) return null;
  return (
    <LoaderCircle
      aria-hidden="true"
      className={cn("size-3.5 shrink-0 animate-spin text-muted-foreground", className)}
    />
  );
}
