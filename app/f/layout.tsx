import type { Metadata } from "next";
import type { ReactNode } from "react";

export const metadata: Metadata = { robots: { index: false, follow: false }, referrer: "no-referrer" };

/** The quiet page around a form that a workspace has opened to others. */
export default function FormLayout({ children }: { children: ReactNode }) {
  return (
    <div className="flex min-h-dvh flex-col items-center bg-background px-4 py-10 sm:py-16">
      <main id="content" className="w-full max-w-xl">
        {children}
      </main>
      <p className="mt-auto pt-10 text-muted-foreground text-xs">
        Sent forms go to the workspace that made this page. Never send passwords.
      </p>
    </div>
  );
}
