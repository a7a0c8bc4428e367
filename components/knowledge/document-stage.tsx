import { formatCount } from "@/components/shared/format";
import { StatusBadge } from "@/components/shared/status-badge";
import { Progress } from "@/components/ui/progress";
import { cn } from "@/lib/cn";
import { documentWait, stageLabel, stagePercent } from "@/lib/knowledge/stages";

type Staged = {
  filename: string;
  status: string | null;
  stage: string;
  chunksDone: number;
  chunksTotal: number;
  errorMessage: string | null;
  waitReason: string | null;
  needed: string | null;
};

/** Where a document is: its stage, with a bar while it is under way and the reason when it failed or waits. */
export function DocumentStage({ document, showReason = true }: { document: Staged; showReason?: boolean }) {
  const isUnderWay = document.status === "processing";
  const wait = documentWait(document);
  const reason = document.errorMessage ?? wait?.message;
  return (
    <div className={cn("grid max-w-64 gap-1.5", wait && "min-w-36")}>
      <StatusBadge
        status={wait ? "waiting" : document.stage}
        label={wait?.label ?? stageLabel(document.stage)}
      />
      {isUnderWay ? (
        <Progress
          value={stagePercent(document)}
          aria-label={`Progress of ${document.filename}`}
          className="max-w-40"
        />
      ) : null}
      {document.stage === "embedding" ? (
        <p className="tabular text-muted-foreground text-xs leading-4">
          {formatCount(document.chunksDone)} of {formatCount(document.chunksTotal)}
        </p>
      ) : null}
      {showReason && reason ? (
        <p className="whitespace-normal text-muted-foreground text-xs leading-4">{reason}</p>
      ) : null}
    </div>
  );
}
