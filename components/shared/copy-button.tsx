"use client";

import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { Button, type ButtonProps } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";

/** Copies `value`. With children it is a labelled button, without them an icon named by `label`. */
export function CopyButton({
  value,
  label = "Copy",
  children,
  ...props
}: Omit<ButtonProps, "value" | "onClick"> & { value: string; label?: string }) {
  const [copied, setCopied] = useState(false);

  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1600);
    return () => clearTimeout(timer);
  }, [copied]);

  async function copy() {
    try {
      await navigator.clipboard.writeText(value);
      setCopied(true);
    } catch {
      toast.error("The browser did not allow copying. Select the text and copy it by hand.");
    }
  }

  return (
    <>
      <Button
        variant="ghost"
        size={children ? "sm" : "icon-sm"}
        onClick={copy}
        aria-label={children ? undefined : label}
        {...props}
      >
        {copied ? <Check className="text-success" aria-hidden="true" /> : <Copy aria-hidden="true" />}
        {children}
      </Button>
      <span aria-live="polite" className="sr-only">
        {copied ? "Copied" : null}
      </span>
    </>
  );
}
