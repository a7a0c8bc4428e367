/** The edge, fill and states shared by every text control. */
export const controlClasses =
  "w-full min-w-0 rounded-md border border-input bg-card text-base text-foreground shadow-xs sm:text-sm transition-colors placeholder:text-muted-foreground/80 hover:border-foreground/45 focus-visible:border-ring focus-visible:outline-2 focus-visible:outline-ring focus-visible:outline-offset-0 disabled:cursor-not-allowed disabled:bg-muted disabled:opacity-65 [&[readonly]]:bg-muted/60 aria-invalid:border-danger aria-invalid:focus-visible:outline-danger";
