"use client";

import { Eye, EyeOff } from "lucide-react";
import { useState } from "react";
import { CopyButton } from "@/components/shared/copy-button";
import { Button } from "@/components/ui/button";

/** Something secret on one line: shown on request, copied without being shown. */
export function SecretLine({ label, value }: { label: string; value: string }) {
  const [isShown, setShown] = useState(false);
  const Icon = isShown ? EyeOff : Eye;
  return (
    <div className="flex items-center gap-1 rounded-lg border bg-muted/50 py-1.5 pr-1.5 pl-3">
      <code className="wrap-anywhere min-w-0 flex-1 font-mono text-[0.8125rem]">
        {isShown ? value : "•".repeat(24)}
      </code>
      <Button
        variant="ghost"
        size="icon-sm"
        aria-label={isShown ? `Hide ${label}` : `Show ${label}`}
        onClick={() => setShown(!isShown)}
      >
        <Icon aria-hidden="true" />
      </Button>
      <CopyButton value={value} label={`Copy ${label}`} />
    </div>
  );
}

/** An address to give to others. */
export function AddressLine({ value }: { value: string }) {
  return (
    <div className="flex items-center gap-1 rounded-lg border bg-muted/50 py-1.5 pr-1.5 pl-3">
      <code
        data-testid="trigger-address"
        className="wrap-anywhere min-w-0 flex-1 select-all font-mono text-[0.8125rem]"
      >
        {value}
      </code>
      <CopyButton value={value} label="Copy the address" />
    </div>
  );
}
