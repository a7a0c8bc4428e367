"use client";

import { useId } from "react";
import { Label } from "@/components/ui/label";
import { RadioGroup, RadioGroupItem } from "@/components/ui/radio-group";

export type OnVersion = "same" | "newest";

/** Which version a run that is resumed or replayed follows. */
export function VersionChoice({ on, onChange }: { on: OnVersion; onChange: (on: OnVersion) => void }) {
  const id = useId();
  return (
    <RadioGroup value={on} onValueChange={(value) => onChange(value === "newest" ? "newest" : "same")}>
      <Choice id={`${id}-same`} value="same" title="The version it had">
        Workflow and agents as they were for this run.
      </Choice>
      <Choice id={`${id}-newest`} value="newest" title="The newest version">
        As published now; for a run of a draft, the draft as it is now.
      </Choice>
    </RadioGroup>
  );
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
