/** One tab, whether it is a button or a link. */
export const tabClasses =
  "-mb-px inline-flex shrink-0 items-center gap-2 whitespace-nowrap border-transparent border-b-2 px-3 py-2.5 font-medium text-muted-foreground text-sm transition-colors hover:text-foreground focus-visible:outline-offset-[-2px] disabled:opacity-50 [&_svg]:size-4";

export const tabListClasses = "scrollbar-thin flex gap-1 overflow-x-auto border-b";
