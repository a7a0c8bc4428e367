"use client";

import { RotateCw } from "lucide-react";
import { useEffect } from "react";
import { Button } from "@/components/ui/button";

/** What stands where a page failed: that it was us, the reference for support, and another try. */
export function ErrorPage({ error, retry }: { error: unknown; retry: () => void }) {
  const digest =
    typeof error === "object" && error !== null && "digest" in error ? String(error.digest) : null;

  useEffect(() => {
    console.error(error);
  }, [error]);

  return (
    <div role="alert" className="mx-auto flex max-w-md flex-col items-center px-4 py-20 text-center">
      <p className="font-medium text-brand text-sm">Something went wrong</p>
      <h1 className="mt-2 font-semibold text-2xl tracking-tight">This page could not be shown</h1>
      <p className="mt-2 text-muted-foreground text-sm leading-relaxed">
        The fault is on our side and has been logged. Nothing you saved is lost. Trying again often helps.
      </p>
      {digest ? (
        <p className="mt-3 text-muted-foreground text-xs">
          Reference <code className="select-all font-mono">{digest}</code>
        </p>
      ) : null}
      <Button onClick={() => retry()} className="mt-6">
        <RotateCw aria-hidden="true" />
        Try again
      </Button>
    </div>
  );
}
