"use client";

import type { CSSProperties } from "react";
import { Tooltip, TooltipContent, TooltipTrigger } from "@/components/ui/tooltip";
import { cn } from "@/lib/cn";
import { formatMicros, microsFromNumeric } from "@/lib/money";

/**
 * An amount of US dollars. `micros` is a whole number of micro-dollars (bigint or its digits); `numeric` is the
 * decimal text of the database. Where rounding hid something, hover or focus shows every decimal.
 */
export function Money({
  micros,
  numeric,
  exact = false,
  className,
}: {
  micros?: bigint | string;
  numeric?: string;
  exact?: boolean;
  className?: string;
}) {
  const amount = numeric === undefined ? BigInt(micros ?? 0) : microsFromNumeric(numeric);
  const shown = formatMicros(amount, { exact });
  const full = formatMicros(amount, { exact: true });
  const classes = cn("tabular whitespace-nowrap", className);
  // How long it is: a tile makes it as small as it has to be.
  const style: CSSProperties & Record<"--chars", number> = { "--chars": shown.length };
  if (shown === full)
    return (
      <span className={classes} style={style}>
        {shown}
      </span>
    );
  return (
    <Tooltip>
      <TooltipTrigger asChild>
        <button
          type="button"
          data-hint=""
          style={style}
          className={cn(classes, "relative cursor-help rounded-sm decoration-dotted hover:underline")}
        >
          {shown}
        </button>
      </TooltipTrigger>
      <TooltipContent className="tabular">Exactly {full}</TooltipContent>
    </Tooltip>
  );
}
