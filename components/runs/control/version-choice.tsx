"use client";

import { useId } from "react";
import { Label } from "@/components/ui/label";
import { RadioGroup, RadioGroupItem } from "@/components/ui/radio-group";
import type { NewestVersion } from "@/lib/runs/newest-version";

export type OnVersion = "same" | "newest";

/** Which version a run that is resumed or replayed follows; null while it is not known what the newest is. */
export function VersionChoice({
  on,
  onChange,
  newestIs,
}: {
  on: OnVersion;
  onChange: (on: OnVersion) => void;
  newestIs: NewestVersion | null;
}) {
  const id = useId();
  return (
    <RadioGroup value={on} onValueChange={(value) => onChange(value === "newest" ? "newest" : "same")}>
      <Choice id={`${id}-same`} value="same" title="The version it had">
        Workflow and agents as they were for this run.
      </Choice>
      <Choice id={`${id}-newest`} value="newest" title="The newest version">
        {newestIs ? newestText(newestIs) : "As published now; for a run of a draft, the draft as it is now."}
      </Choice>
    </RadioGroup>
  );
}

function newestText(newest: NewestVersion): string {
  if (newest.of === "agent") return "The agent as it is now.";
  if (newest.of === "draft") return "The draft as it is now, with agents as they are now.";
  if (newest.version === null) return "What is published; nothing of this workflow is yet.";
  const rest = newest.isDraftNewer ? " The draft has changes that are not in it: publish them first." : "";
  return `Version ${newest.version}, which is published now, with agents as they are now.${rest}`;
}

function Choice({
  id,
  value,
  title,
  children,
}: {
  id: string;
  value: OnVersion;
  title: string;
  children: string;
}) {
  return (
    <div className="flex items-start gap-2.5">
      <RadioGroupItem id={id} value={value} className="mt-0.5" />
      <Label htmlFor={id} className="grid gap-0.5 font-normal">
        <span className="font-medium">{title}</span>
        <span className="text-muted-foreground text-xs leading-snug">{children}</span>
      </Label>
    </div>
  );
}
