import type { Metadata } from "next";
import { NotFoundPage } from "@/components/shared/not-found-page";

export const metadata: Metadata = { title: "Not found" };

export default function NotFound() {
  return (
    <main id="content">
      <NotFoundPage href="/" label="Go to the start" />
    </main>
  );
}
