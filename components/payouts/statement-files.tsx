import { Download } from "lucide-react";
import { Button } from "@/components/ui/button";

/** A payout's statement to save. `base` is the address of the payout. */
export function StatementFiles({ base }: { base: string }) {
  return (
    <>
      <Button asChild variant="outline">
        <a href={`${base}/export`} download>
          Export CSV
        </a>
      </Button>
      <Button asChild variant="outline">
        <a href={`${base}/pdf`} download>
          <Download aria-hidden="true" />
          Statement PDF
        </a>
      </Button>
    </>
  );
}
