import { formatBytes } from "@/components/shared/format";

/** A file's size; the exact number of bytes on hover. */
export function FileSize({ bytes }: { bytes: number | string | null }) {
  const count = bytes === null ? Number.NaN : Number(bytes);
  if (!Number.isFinite(count)) return <span className="text-muted-foreground">unknown</span>;
  return (
    <span className="tabular whitespace-nowrap" title={`${count} bytes`}>
      {formatBytes(count)}
    </span>
  );
}
