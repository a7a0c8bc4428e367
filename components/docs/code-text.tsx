/** A sentence in which `backticks` mark code. */
export function CodeText({ text }: { text: string }) {
  return text.split("`").map((part, index) =>
    index % 2 === 0 ? (
      part
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a fixed sentence never move
      <code key={index} className="rounded bg-muted px-1 py-0.5 font-mono text-[0.875em]">
        {part}
      </code>
    ),
  );
}
