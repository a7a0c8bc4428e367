import { type DiffLine, lineDiff } from "./lines";

/** One setting that changed, as a person reads it; null where it was not there. */
export type FieldChange = {
  /** The label of the setting; of a row, with the row's name before it. */
  readonly label: string;
  readonly before: string | null;
  readonly after: string | null;
  /** Of long texts: the same line by line. */
  readonly lines?: readonly DiffLine[];
};

/** A text that is longer, or has several lines, is compared line by line. */
const LONG_TEXT = 80;

/** The change of a setting; none when both are the same, or what was never given became an empty text. */
export function fieldChange(
  label: string,
  before: string | null,
  after: string | null,
): readonly FieldChange[] {
  if ((before ?? "") === (after ?? "")) return [];
  const isLong = [before, after].some((text) => text && (text.length > LONG_TEXT || text.includes("\n")));
  return [{ label, before, after, ...(isLong ? { lines: lineDiff(before ?? "", after ?? "") } : {}) }];
}
