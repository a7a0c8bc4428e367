/** One tab, whether it is a button or a link. */
export const tabClasses =
  "-mb-px inline-flex shrink-0 items-center gap-2 whitespace-nowrap border-transparent border-b-2 px-3 py-2.5 font-medium text-muted-foreground text-sm transition-colors hover:text-foreground focus-visible:outline-offset-[-2px] disabled:opacity-50 forced-colors:border-[color:Canvas] [&_svg]:size-4";

/** The one that is open. With the colours of the system what is transparent else would have a line too. */
export const openTabClasses = "border-brand text-foreground forced-colors:border-[color:Highlight]";

export const tabListClasses = "scrollbar-thin flex gap-1 overflow-x-auto border-b";
