import type { Metadata } from "next";
import type { ReactNode } from "react";

export const metadata: Metadata = { robots: { index: false, follow: false }, referrer: "no-referrer" };

/** The quiet page around an invoice that somebody opens from a mail. */
export default function HostedInvoiceLayout({ children }: { children: ReactNode }) {
  return (
    <div className="flex min-h-dvh flex-col items-center bg-background px-4 py-10 sm:py-16">
      <main id="content" className="w-full max-w-4xl">
        {children}
      </main>
      <p className="mt-auto pt-10 text-muted-foreground text-xs">
        Whoever has this address can read this invoice. Pass it on only to those who should.
      </p>
    </div>
  );
}
