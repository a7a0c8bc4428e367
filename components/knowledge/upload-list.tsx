"use client";

import { CircleAlert, CircleCheck, Copy, LoaderCircle, X } from "lucide-react";
import type { ReactNode } from "react";
import type { Upload } from "@/components/knowledge/use-uploads";
import { FileSize } from "@/components/shared/file-size";
import { useKeptFocus } from "@/components/shared/keep-focus";
import { Button } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import { Progress } from "@/components/ui/progress";
import { documentHref } from "@/lib/knowledge/links";

/** What became of each file that was added here. */
export function UploadList({
  uploads,
  onCancel,
  onClear,
}: {
  uploads: readonly Upload[];
  onCancel: (id: number) => void;
  onClear: () => void;
}) {
  if (uploads.length === 0) return null;
  const done = uploads.filter((upload) => upload.outcome !== null).length;
  return (
    <div className="rounded-xl border bg-card shadow-xs">
      <div className="flex items-center justify-between gap-3 border-b px-4 py-2">
        <p role="status" className="text-muted-foreground text-sm">
          {summaryOf(uploads)}
        </p>
        <ClearButton onClear={onClear} disabled={done === 0} />
      </div>
      <ul
        aria-label="Files being added"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached with the keyboard
        tabIndex={0}
        className="scrollbar-thin max-h-72 divide-y overflow-y-auto"
      >
        {[...uploads].sort(failedFirst).map((upload) => (
          <UploadRow key={upload.id} upload={upload} onCancel={onCancel} />
        ))}
      </ul>
    </div>
  );
}

/** Goes with the list once nothing is left in it, and cannot be pressed while files are still being sent. */
function ClearButton({ onClear, disabled }: { onClear: () => void; disabled: boolean }) {
  const keepFocus = useKeptFocus();
  return (
    <Button
      variant="ghost"
      size="sm"
      disabled={disabled}
      onClick={(event) => {
        keepFocus(event.currentTarget);
        onClear();
      }}
    >
      Clear
    </Button>
  );
}

/** Of many files, those that could not be added are what somebody has to do something about. */
function failedFirst(a: Upload, b: Upload): number {
  return Number(b.outcome?.kind === "failed") - Number(a.outcome?.kind === "failed");
}

function summaryOf(uploads: readonly Upload[]): string {
  const done = uploads.filter((upload) => upload.outcome !== null).length;
  const failed = uploads.filter((upload) => upload.outcome?.kind === "failed").length;
  if (done < uploads.length) return `${done} of ${uploads.length} done`;
  return failed > 0 ? `${failed} of ${uploads.length} could not be added` : "All files are here";
}

function UploadRow({ upload, onCancel }: { upload: Upload; onCancel: (id: number) => void }) {
  const keepFocus = useKeptFocus();
  return (
    <li className="flex items-center gap-3 px-4 py-2.5 text-sm">
      <OutcomeIcon upload={upload} />
      <div className="min-w-0 flex-1">
        <p className="flex items-baseline gap-2">
          <span className="truncate font-medium">{upload.name}</span>
          <span className="shrink-0 text-muted-foreground text-xs">
            <FileSize bytes={upload.sizeBytes} />
          </span>
        </p>
        <UploadState upload={upload} />
      </div>
      {upload.outcome ? null : (
        <Button
          variant="ghost"
          size="icon-sm"
          aria-label={`Cancel ${upload.name}`}
          onClick={(event) => {
            keepFocus(event.currentTarget);
            onCancel(upload.id);
          }}
        >
          <X aria-hidden="true" />
        </Button>
      )}
    </li>
  );
}

function OutcomeIcon({ upload }: { upload: Upload }) {
  switch (upload.outcome?.kind) {
    case "stored":
      return <CircleCheck className="size-4 shrink-0 text-success" aria-hidden="true" />;
    case "duplicate":
      return <Copy className="size-4 shrink-0 text-warning" aria-hidden="true" />;
    case "failed":
      return <CircleAlert className="size-4 shrink-0 text-danger" aria-hidden="true" />;
    default:
      return <LoaderCircle className="size-4 shrink-0 animate-spin text-info" aria-hidden="true" />;
  }
}

function UploadState({ upload }: { upload: Upload }): ReactNode {
  const { outcome } = upload;
  if (!outcome)
    return <Progress value={upload.percent} aria-label={`Sending ${upload.name}`} className="mt-1.5" />;
  if (outcome.kind === "failed") return <p className="text-danger text-xs leading-5">{outcome.message}</p>;
  const link = (label: string) => (
    <Link
      href={documentHref(outcome.documentId)}
      className="font-medium text-foreground underline underline-offset-4"
    >
      {label}
    </Link>
  );
  return (
    <p className="text-muted-foreground text-xs leading-5">
      {outcome.kind === "stored" ? <>Added. {link("Open")}</> : <>Already here as {link(outcome.filename)}</>}
      {outcome.keptFor === null ? null : (
        <>, but for {outcome.keptFor}. To change that, delete it and add it again.</>
      )}
    </p>
  );
}
