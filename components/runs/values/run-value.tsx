import { ReadValue, type ReadValueProps } from "@/components/shared/read-value";
import { shownValue } from "@/lib/runs/values";
import { ValueView } from "./value-view";

/** What was read into a run or came out of it: to read, to look through as JSON, to search and to save. */
export function RunValue({
  title,
  href,
  value,
  ...reading
}: { title: string; href: string } & ReadValueProps) {
  const shown = shownValue(value);
  return (
    <ValueView title={title} shown={shown} href={href}>
      {shown.isWhole ? <ReadValue value={value} {...reading} /> : null}
    </ValueView>
  );
}
