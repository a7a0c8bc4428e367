import { NotFoundPage } from "@/components/shared/not-found-page";

export default function NotFound() {
  return <NotFoundPage href="/partner" label="Go to the overview" />;
}
