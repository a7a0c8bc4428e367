"use client";

import { CirclePause, CirclePlay, Copy } from "lucide-react";
import { useRef, useState } from "react";
import { useAction } from "@/components/shared/action-button";
import { ConfirmDialog } from "@/components/shared/confirm-dialog";
import { useKeptFocus } from "@/components/shared/keep-focus";
import { MoreMenu } from "@/components/shared/more-menu";
import { DropdownMenuItem } from "@/components/ui/dropdown-menu";
import { listed } from "@/components/workflows/listed";
import type { PublicError } from "@/lib/errors";
import type { ServerAction } from "@/lib/result";

export type AgentMenuProps = {
  agent: { id: string; name: string; isActive: boolean };
  duplicateAction: ServerAction<{ id: string }>;
  setActiveAction: ServerAction<{ id: string }>;
  /** The workflows that ask the agent. */
  askingAction: ServerAction<readonly { name: string }[]>;
};

/** What else can be done with an agent. Deactivating asks first where workflows would fail by it; the menu undoes it. */
export function AgentMenu({ agent, duplicateAction, setActiveAction, askingAction }: AgentMenuProps) {
  const button = useRef<HTMLButtonElement>(null);
  const keepFocus = useKeptFocus();
  const [asking, setAsking] = useState(false);
  const [workflows, setWorkflows] = useState<readonly string[]>([]);
  const [refusal, setRefusal] = useState<PublicError | null>(null);
  const duplicate = useAction(duplicateAction, {
    successMessage: `${agent.name} was copied`,
    successHref: "/app/agents",
  });
  const setActive = useAction(setActiveAction, {
    successMessage: agent.isActive
      ? `${agent.name} is inactive and cannot be run`
      : `${agent.name} is active`,
    onSuccess: () => ask(false),
    ...(asking ? { onError: setRefusal } : {}),
  });
  const change = () => setActive.run({ agentId: agent.id, isActive: !agent.isActive });
  const look = useAction(askingAction, {
    onSuccess: (found) => {
      if (found.length === 0) return change();
      if (button.current) keepFocus(button.current);
      setWorkflows(found.map(({ name }) => name));
      ask(true);
    },
  });
  const pending = duplicate.pending || look.pending || setActive.pending;

  function ask(open: boolean) {
    setRefusal(null);
    setAsking(open);
  }

  const Icon = agent.isActive ? CirclePause : CirclePlay;
  return (
    <>
      <MoreMenu ref={button} name={agent.name} pending={pending}>
        <DropdownMenuItem onSelect={() => duplicate.run({ agentId: agent.id })}>
          <Copy aria-hidden="true" />
          Duplicate
        </DropdownMenuItem>
        <DropdownMenuItem onSelect={() => (agent.isActive ? look.run({ agentId: agent.id }) : change())}>
          <Icon aria-hidden="true" />
          {agent.isActive ? "Deactivate" : "Activate"}
        </DropdownMenuItem>
      </MoreMenu>
      <ConfirmDialog
        open={asking}
        onOpenChange={ask}
        confirmation={{
          title: `Deactivate ${agent.name}?`,
          description: `It is used by ${listed(workflows)}. Until it is active again, what they ask it fails, also in runs under way.`,
          confirmLabel: "Deactivate",
        }}
        pending={setActive.pending}
        error={refusal}
        onConfirm={change}
      />
    </>
  );
}
