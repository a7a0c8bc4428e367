import { Markdown } from "@/components/shared/markdown";
import { shownValue } from "@/lib/runs/values";
import { Fold } from "./panel-part";
import { ValueView } from "./values/value-view";

/** Whether there is anything of a value to show. */
export function hasContent(value: unknown): boolean {
  if (value === null || value === undefined) return false;
  return typeof value !== "object" || Object.keys(value).length > 0;
}

/** What a step gave. An answer is read as text; everything it holds is one fold away. */
export function OutputView({ value, href }: { value: unknown; href: string }) {
  const shown = shownValue(value);
  const all = <ValueView title="Output" shown={shown} href={href} />;
  const text = typeof value === "object" && value !== null && "text" in value ? value.text : null;
  if (typeof text !== "string" || !shown.isWhole) return all;
  return (
    <>
      <section
        aria-label="Text of the output"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached with the keyboard
        tabIndex={0}
        className="scrollbar-thin max-h-120 overflow-auto rounded-lg border bg-background px-4 py-3"
      >
        <Markdown text={text} />
      </section>
      <Fold title="Everything it gave, to search and save">{all}</Fold>
    </>
  );
}
