/** The first stop of the Tab key: straight to the page. */
export function SkipLink() {
  return (
    <a
      href="#content"
      className="sr-only rounded-md bg-primary font-medium text-primary-foreground text-sm focus:not-sr-only focus:fixed focus:top-3 focus:left-3 focus:z-60 focus:px-4 focus:py-2"
    >
      Skip to the page
    </a>
  );
}
