"use client";

import { CirclePause, CirclePlay, Copy, MoreHorizontal } from "lucide-react";
import { useAction } from "@/components/shared/action-button";
import { Button } from "@/components/ui/button";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import type { ServerAction } from "@/lib/result";

export type AgentMenuProps = {
  agent: { id: string; name: string; isActive: boolean };
  duplicateAction: ServerAction<{ id: string }>;
  setActiveAction: ServerAction<{ id: string }>;
};

/** What else can be done with an agent. Deactivating is undone by the same menu, so nothing asks first. */
export function AgentMenu({ agent, duplicateAction, setActiveAction }: AgentMenuProps) {
  const duplicate = useAction(duplicateAction, {
    successMessage: `${agent.name} was copied`,
    successHref: "/app/agents",
  });
  const setActive = useAction(setActiveAction, {
    successMessage: agent.isActive
      ? `${agent.name} is inactive and cannot be run`
      : `${agent.name} is active`,
  });
  const Icon = agent.isActive ? CirclePause : CirclePlay;
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button
          variant="ghost"
          size="icon-sm"
          className="relative z-10"
          loading={duplicate.pending || setActive.pending}
          aria-label={`More for ${agent.name}`}
        >
          {duplicate.pending || setActive.pending ? null : <MoreHorizontal aria-hidden="true" />}
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end">
        <DropdownMenuItem onSelect={() => duplicate.run({ agentId: agent.id })}>
          <Copy aria-hidden="true" />
          Duplicate
        </DropdownMenuItem>
        <DropdownMenuItem onSelect={() => setActive.run({ agentId: agent.id, isActive: !agent.isActive })}>
          <Icon aria-hidden="true" />
          {agent.isActive ? "Deactivate" : "Activate"}
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
