"use client";

import { LoaderCircle, Search } from "lucide-react";
import { useUrlText } from "@/components/shared/url-text";
import { Input } from "@/components/ui/input";
import { cn } from "@/lib/cn";

const PAUSE_MS = 300;

/** Searches the list of the page: writes `?q=` a moment after typing stops, or at once on Enter. */
export function SearchInput({
  param = "q",
  label,
  className,
}: {
  param?: string;
  label: string;
  className?: string;
}) {
  const { text, setText, sendNow, pending } = useUrlText(param, PAUSE_MS);
  const Icon = pending ? LoaderCircle : Search;
  return (
    <search className={cn("relative w-full sm:w-64", className)}>
      <Icon
        className={cn(
          "pointer-events-none absolute top-1/2 left-3 size-4 -translate-y-1/2 text-muted-foreground",
          pending && "animate-spin",
        )}
        aria-hidden="true"
      />
      <Input
        type="search"
        name={param}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => event.key === "Enter" && sendNow()}
        placeholder={label}
        aria-label={label}
        maxLength={200}
        className="pl-9"
      />
    </search>
  );
}
