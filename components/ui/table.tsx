import type { ComponentProps } from "react";
import { ScrollFrame } from "@/components/ui/scroll-frame";
import { cn } from "@/lib/cn";

/**
 * A table that scrolls sideways inside its frame when the window is narrow. One that `folds` shows each row on a phone as
 * a block of lines instead: the first cell as it is, the others behind their labels.
 */
export function Table({ className, folds = false, ...props }: ComponentProps<"table"> & { folds?: boolean }) {
  return (
    <ScrollFrame className="scrollbar-thin relative w-full overflow-x-auto rounded-lg border bg-card shadow-xs">
      <table
        data-folds={folds ? "" : undefined}
        className={cn("w-full caption-bottom border-collapse text-sm", className)}
        {...props}
      />
    </ScrollFrame>
  );
}

export function TableHeader({ className, ...props }: ComponentProps<"thead">) {
  return <thead className={cn("border-b bg-muted/60", className)} {...props} />;
}

export function TableBody({ className, ...props }: ComponentProps<"tbody">) {
  return <tbody className={cn("[&_tr:last-child]:border-0", className)} {...props} />;
}

export function TableFooter({ className, ...props }: ComponentProps<"tfoot">) {
  return <tfoot className={cn("border-t bg-muted/60 font-medium", className)} {...props} />;
}

export function TableRow({ className, ...props }: ComponentProps<"tr">) {
  return (
    <tr
      className={cn(
        "relative border-b transition-colors hover:bg-muted/50 data-[state=selected]:bg-brand-soft/60",
        className,
      )}
      {...props}
    />
  );
}

/** A heading cell. `numeric` aligns it with a column of figures. */
export function TableHead({
  className,
  numeric = false,
  scope = "col",
  ...props
}: ComponentProps<"th"> & { numeric?: boolean }) {
  return (
    <th
      scope={scope}
      className={cn(
        "h-10 whitespace-nowrap px-3 sm:px-4 text-left align-middle font-medium text-muted-foreground text-xs",
        numeric && "text-right",
        className,
      )}
      {...props}
    />
  );
}

/** A cell. `numeric` right-aligns it with figures of equal width; `label` is its heading where the table folds. */
export function TableCell({
  className,
  numeric = false,
  label,
  ...props
}: ComponentProps<"td"> & { numeric?: boolean; label?: string }) {
  return (
    <td
      data-label={label}
      className={cn(
        "px-3 py-3 sm:px-4 align-middle",
        numeric && "tabular whitespace-nowrap text-right",
        className,
      )}
      {...props}
    />
  );
}

export function TableCaption({ className, ...props }: ComponentProps<"caption">) {
  return <caption className={cn("py-3 text-muted-foreground text-sm", className)} {...props} />;
}
