"use client";

import { MessagesSquare, RotateCcw } from "lucide-react";
import { useEffect, useRef } from "react";
import { Composer } from "@/components/agents/playground/composer";
import { TurnView } from "@/components/agents/playground/turn-view";
import { usePlayground } from "@/components/agents/playground/use-playground";
import { CostEstimate } from "@/components/runs/cost-estimate";
import { Button } from "@/components/ui/button";
import { Card, CardAction, CardDescription, CardHeader, CardTitle } from "@/components/ui/card";
import type { ServerAction } from "@/lib/result";
import type { RunCostRange } from "@/lib/runs/cost-range";

/** Talk to an agent as it was last saved. Every answer is a run: metered, priced, and open as a trace. */
export function Playground({
  userId,
  agentId,
  name,
  version,
  why,
  estimate,
}: {
  userId: string | null;
  agentId: string;
  name: string;
  version: number;
  /** Why nobody can talk to it, or null. */
  why: string | null;
  estimate: ServerAction<RunCostRange>;
}) {
  const { turns, isBusy, send, stop, reset } = usePlayground(userId, agentId);
  const log = useRef<HTMLDivElement>(null);
  const box = useRef<HTMLTextAreaElement>(null);

  function begin() {
    box.current?.focus();
    reset();
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: follows the answer as it grows
  useEffect(() => {
    log.current?.scrollTo({ top: log.current.scrollHeight });
  }, [turns]);

  return (
    <Card className="xl:h-[calc(100dvh-14rem)] xl:min-h-96">
      <CardHeader className="border-b pb-4">
        <CardTitle>Playground</CardTitle>
        <CardDescription>Answers with version {version}. Each answer is a run and is billed.</CardDescription>
        {turns.length > 0 ? (
          <CardAction>
            <Button variant="ghost" size="sm" onClick={begin}>
              <RotateCcw aria-hidden="true" />
              New
            </Button>
          </CardAction>
        ) : null}
      </CardHeader>
      <div
        ref={log}
        role="log"
        aria-label={`Conversation with ${name}`}
        aria-busy={isBusy || undefined}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
        className="scrollbar-thin min-h-56 flex-1 overflow-y-auto px-5 py-5 focus-visible:outline-offset-[-2px] max-xl:max-h-[60vh]"
      >
        {turns.length === 0 ? (
          <Invitation name={name} />
        ) : (
          <div className="grid gap-6">
            {turns.map((turn) => (
              <TurnView key={turn.id} turn={turn} name={name} />
            ))}
          </div>
        )}
      </div>
      {why === null && turns.length === 0 ? (
        <div className="px-5 pb-4">
          <CostEstimate estimate={estimate} input={{ agentId, inPlayground: true }} what="answer" />
        </div>
      ) : null}
      <Composer name={name} boxRef={box} why={why} isBusy={isBusy} onSend={send} onStop={stop} />
    </Card>
  );
}

function Invitation({ name }: { name: string }) {
  return (
    <div className="flex h-full min-h-44 flex-col items-center justify-center gap-2 text-center text-muted-foreground text-sm">
      <MessagesSquare className="size-6" aria-hidden="true" />
      <p className="wrap-anywhere max-w-64 text-balance">
        Ask {name} something it will be asked at work, and see the answer, its sources and its price.
      </p>
    </div>
  );
}
