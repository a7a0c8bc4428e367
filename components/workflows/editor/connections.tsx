"use client";

import { ArrowLeft, ArrowRight, ChevronDown, Plus, X } from "lucide-react";
import { type ReactNode, useRef } from "react";
import { useKeptFocus } from "@/components/shared/keep-focus";
import { Button } from "@/components/ui/button";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import type { GraphEdge, GraphNode } from "@/lib/workflows/graph";
import type { Port } from "@/lib/workflows/kind";
import { findKind, portsOfNode } from "@/lib/workflows/nodes";
import { useEditor } from "./context";
import { whyNotConnect } from "./edits";
import { NodeIcon } from "./node-icon";
import { waysInto } from "./ways-into";

/** The edges of a node as a list: what the canvas shows as lines, for the keyboard and screen readers. */
export function Connections({ node }: { node: GraphNode }) {
  const { state, canEdit } = useEditor();
  const incoming = state.graph.edges.filter((edge) => edge.target === node.id);
  const ports = portsOfNode(node);
  return (
    <section className="grid gap-2 border-t pt-4" aria-label="Connections">
      <h3 className="font-medium text-sm">Connections</h3>
      {incoming.length > 0 ? (
        <ul className="grid gap-1">
          {incoming.map((edge) => (
            <Line key={edge.id} edge={edge} otherId={edge.source} direction="from" />
          ))}
        </ul>
      ) : null}
      {canEdit ? <ConnectFrom node={node} /> : null}
      {ports.map((port) => (
        <div key={port.id} className="grid gap-1">
          {ports.length > 1 ? <p className="text-muted-foreground text-xs">{port.label}</p> : null}
          <ul className="grid gap-1">
            {state.graph.edges
              .filter((edge) => edge.source === node.id && edge.sourcePort === port.id)
              .map((edge) => (
                <Line key={edge.id} edge={edge} otherId={edge.target} direction="to" />
              ))}
          </ul>
          {canEdit ? <ConnectTo node={node} port={port} isOnly={ports.length === 1} /> : null}
        </div>
      ))}
    </section>
  );
}

function Line({ edge, otherId, direction }: { edge: GraphEdge; otherId: string; direction: "from" | "to" }) {
  const { state, dispatch, canEdit, goTo, addBetween } = useEditor();
  const keepFocus = useKeptFocus();
  const name = state.graph.nodes.find((node) => node.id === otherId)?.name ?? otherId;
  const Icon = direction === "from" ? ArrowLeft : ArrowRight;
  return (
    <li className="flex items-center gap-2 rounded-md bg-muted px-2 py-1 text-sm">
      <Icon className="size-3.5 shrink-0 text-muted-foreground" aria-hidden="true" />
      <button
        type="button"
        className="min-w-0 flex-1 truncate rounded-sm text-left hover:underline"
        onClick={() => goTo(otherId)}
      >
        <span className="sr-only">{direction} </span>
        {name}
      </button>
      {canEdit && direction === "to" ? (
        <Button
          variant="ghost"
          size="icon-sm"
          className="size-6"
          title="Put a node in between"
          aria-label={`Put a node before ${name}`}
          onClick={() => addBetween(edge.id)}
        >
          <Plus aria-hidden="true" />
        </Button>
      ) : null}
      {canEdit ? (
        <Button
          variant="ghost"
          size="icon-sm"
          className="size-6"
          aria-label={`Remove the connection ${direction} ${name}`}
          onClick={(event) => {
            keepFocus(event.currentTarget);
            dispatch({ type: "remove_edge", edgeId: edge.id });
          }}
        >
          <X aria-hidden="true" />
        </Button>
      ) : null}
    </li>
  );
}

function ConnectTo({ node, port, isOnly }: { node: GraphNode; port: Port; isOnly: boolean }) {
  const { state } = useEditor();
  const targets = state.graph.nodes.filter(
    (other) => whyNotConnect(state.graph, node.id, port.id, other.id) === null,
  );
  if (targets.length === 0) return null;
  return (
    <ConnectMenu label={isOnly ? "Connect to…" : `Connect ${port.label} to…`}>
      {(connect) =>
        targets.map(({ id, kind, name }) => (
          <DropdownMenuItem key={id} onSelect={() => connect(node.id, port.id, id)}>
            <NodeIcon kind={kind} className="size-6" />
            <span className="truncate">{name}</span>
          </DropdownMenuItem>
        ))
      }
    </ConnectMenu>
  );
}

/** The other end: a node that was put after one with several ways on follows the one that is chosen here. */
function ConnectFrom({ node }: { node: GraphNode }) {
  const { state } = useEditor();
  const others = state.graph.nodes.filter(({ id, parent }) => id !== node.id && parent === node.parent);
  const isPossible =
    findKind(node.kind)?.acceptsEdges && others.some((other) => portsOfNode(other).length > 0);
  if (!isPossible) return null;
  return (
    <ConnectMenu label="Connect from…">{(connect) => <WaysInto node={node} connect={connect} />}</ConnectMenu>
  );
}

/** Found when somebody looks: each way is followed as far as it leads. */
function WaysInto({ node, connect }: { node: GraphNode; connect: Connect }) {
  const { state } = useEditor();
  const ways = waysInto(state.graph, node.id);
  if (ways.length === 0) return <DropdownMenuItem disabled>All that can lead here does.</DropdownMenuItem>;
  return ways.map(({ source, port, label }) => (
    <DropdownMenuItem key={`${source.id}:${port}`} onSelect={() => connect(source.id, port, node.id)}>
      <NodeIcon kind={source.kind} className="size-6" />
      <span className="truncate">{label === null ? source.name : `${source.name}: ${label}`}</span>
    </DropdownMenuItem>
  ));
}

type Connect = (source: string, sourcePort: string, target: string) => void;

/** A menu, not a choice in a field: with the keyboard that connects while one only looks what there is. */
function ConnectMenu({ label, children }: { label: string; children: (connect: Connect) => ReactNode }) {
  const { dispatch } = useEditor();
  const keepFocus = useKeptFocus();
  const trigger = useRef<HTMLButtonElement>(null);

  const connect: Connect = (source, sourcePort, target) => {
    if (trigger.current) keepFocus(trigger.current);
    dispatch({ type: "connect", source, sourcePort, target });
  };

  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button ref={trigger} variant="outline" size="sm" className="justify-between font-normal">
          {label}
          <ChevronDown className="text-muted-foreground" aria-hidden="true" />
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent
        align="start"
        className="max-h-80 w-(--radix-dropdown-menu-trigger-width)"
        aria-label={label}
      >
        {children(connect)}
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
