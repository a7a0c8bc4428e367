/** A notification's title, with how often it happened since. */
export function NotificationTitle({ title, occurrences }: { title: string; occurrences: number }) {
  if (occurrences < 2) return title;
  return (
    <>
      {title}, <span className="font-normal">and {(occurrences - 1).toLocaleString("en-US")} more</span>
    </>
  );
}
