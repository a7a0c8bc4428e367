"use client";

import { ErrorPage } from "@/components/shared/error-page";
import "./globals.css";

/** Stands in for the whole document when even the root layout failed. */
export default function GlobalError({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <html lang="en">
      <body>
        <title>Something went wrong · HireBuddha</title>
        <ErrorPage error={error} retry={retry} />
      </body>
    </html>
  );
}
