"use client";

import { CircleCheck, TriangleAlert } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Popover, PopoverContent, PopoverTrigger } from "@/components/ui/popover";
import { useEditor } from "./context";

/** Everything that keeps the workflow from running, each line leading to its node. */
export function Checklist({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const { issues, goTo } = useEditor();
  const isClean = issues.length === 0;
  const text = isClean ? "Ready" : issues.length === 1 ? "1 problem" : `${issues.length} problems`;
  return (
    <Popover open={open} onOpenChange={onOpenChange}>
      <PopoverTrigger asChild>
        <Button variant="ghost" size="sm" className={isClean ? "text-success" : "text-warning"}>
          {isClean ? <CircleCheck aria-hidden="true" /> : <TriangleAlert aria-hidden="true" />}
          <span aria-live="polite">{text}</span>
        </Button>
      </PopoverTrigger>
      <PopoverContent align="end" className="w-96 p-0">
        <h2 className="border-b px-4 py-3 font-semibold text-sm">
          {isClean ? "Nothing is missing" : "Before this workflow can run"}
        </h2>
        {isClean ? (
          <p className="px-4 py-3 text-muted-foreground text-sm">Every node is complete and connected.</p>
        ) : (
          <ul className="scrollbar-thin max-h-80 overflow-y-auto p-1.5">
            {issues.map(({ nodeId, edgeId, field, code, message }) => (
              <li key={`${nodeId ?? ""}:${edgeId ?? ""}:${field ?? ""}:${code}:${message}`}>
                <button
                  type="button"
                  disabled={!nodeId}
                  onClick={() => {
                    if (nodeId) goTo(nodeId);
                    onOpenChange(false);
                  }}
                  className="flex w-full items-start gap-2 rounded-md px-2.5 py-2 text-left text-sm leading-snug enabled:hover:bg-accent"
                >
                  <TriangleAlert className="mt-0.5 size-3.5 shrink-0 text-warning" aria-hidden="true" />
                  <span className="wrap-anywhere min-w-0">{message}</span>
                </button>
              </li>
            ))}
          </ul>
        )}
      </PopoverContent>
    </Popover>
  );
}
