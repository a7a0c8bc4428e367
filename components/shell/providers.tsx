"use client";

import { ThemeProvider } from "next-themes";
import type { ReactNode } from "react";
import { EarlyPress } from "@/components/shared/early-press";
import { UnsavedQuestion } from "@/components/shared/unsaved-question";
import { NonceProvider } from "@/components/ui/nonce";
import { Toaster } from "@/components/ui/toast";
import { TooltipProvider } from "@/components/ui/tooltip";

/** What every page stands in: theme, tooltips, toasts, and the nonce for the few parts that need it. */
export function Providers({ nonce, children }: { nonce: string | undefined; children: ReactNode }) {
  return (
    <NonceProvider nonce={nonce}>
      <ThemeProvider attribute="class" defaultTheme="system" enableSystem nonce={nonce}>
        <TooltipProvider delayDuration={250}>
          {children}
          <Toaster />
          <UnsavedQuestion />
          <EarlyPress />
        </TooltipProvider>
      </ThemeProvider>
    </NonceProvider>
  );
}
