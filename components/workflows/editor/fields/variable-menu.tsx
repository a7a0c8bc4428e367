"use client";

import { BookOpen, Braces } from "lucide-react";
import { Button } from "@/components/ui/button";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import type { VariableGroup } from "../variables";

/** What a text of a node can use, by the node it comes from; picking one puts it where the caret is. */
export function VariableMenu({
  groups,
  language,
  disabled,
  onPick,
}: {
  groups: readonly VariableGroup[];
  language: "template" | "expression";
  disabled: boolean;
  onPick: (path: string) => void;
}) {
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button
          variant="ghost"
          size="icon-sm"
          className="absolute top-1 right-1 size-7 text-muted-foreground"
          disabled={disabled}
          aria-label="Insert a value"
        >
          <Braces aria-hidden="true" />
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent
        align="end"
        className="max-h-80 w-72"
        onCloseAutoFocus={(event) => event.preventDefault()}
      >
        {groups.length === 0 ? (
          <DropdownMenuLabel>Connect this node first: it can use what comes before it.</DropdownMenuLabel>
        ) : null}
        {groups.map((group) => (
          <div key={group.nodeId}>
            <DropdownMenuLabel>{group.name}</DropdownMenuLabel>
            {group.variables.map((variable) => (
              <DropdownMenuItem key={variable.path} onSelect={() => onPick(variable.path)}>
                <span className="min-w-0">
                  <span className="block truncate font-mono text-xs">{variable.path}</span>
                  <span className="block truncate text-muted-foreground text-xs">{variable.label}</span>
                </span>
                <span className="ml-auto text-muted-foreground text-xs">{variable.type}</span>
              </DropdownMenuItem>
            ))}
          </div>
        ))}
        <DropdownMenuSeparator />
        <DropdownMenuItem asChild>
          <a href={`/docs/expressions#${language}s`} target="_blank" rel="noreferrer">
            <BookOpen aria-hidden="true" />
            How {language}s are written
          </a>
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
