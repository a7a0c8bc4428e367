"use client";

import { ArrowRight } from "lucide-react";
import { Dialog, DialogContent, DialogTrigger } from "@/components/ui/dialog";
import { STARTER_TEMPLATES, templateGraph } from "@/lib/workflows/templates";
import { type CreateActions, CreateForm } from "./create-dialog";
import { iconOf, NodeIcon } from "./editor/node-icon";

/** The starter templates as cards, each with the nodes it is made of. */
export function StarterTemplates(actions: CreateActions) {
  return (
    <ul className="mt-4 grid gap-4 md:grid-cols-3">
      {STARTER_TEMPLATES.map((starter) => {
        const Icon = iconOf(starter.icon);
        const kinds = templateGraph(starter.key, "").nodes.map((node) => ({ id: node.id, kind: node.kind }));
        return (
          <li key={starter.key}>
            <Dialog>
              <DialogTrigger asChild>
                <button
                  type="button"
                  className="group flex h-full w-full flex-col rounded-xl border bg-card p-5 text-left shadow-xs transition-colors hover:border-brand/50"
                >
                  <span className="flex items-center gap-2 font-semibold text-sm">
                    <Icon className="size-4 text-brand" aria-hidden="true" />
                    {starter.name}
                    <ArrowRight
                      className="ml-auto size-4 text-muted-foreground transition-transform group-hover:translate-x-0.5"
                      aria-hidden="true"
                    />
                  </span>
                  <span className="mt-1.5 text-muted-foreground text-sm leading-relaxed">
                    {starter.description}
                  </span>
                  <span className="mt-auto flex flex-wrap gap-1 pt-4" aria-hidden="true">
                    {kinds.map(({ id, kind }) => (
                      <NodeIcon key={id} kind={kind} className="size-7" />
                    ))}
                  </span>
                </button>
              </DialogTrigger>
              <DialogContent>
                <CreateForm {...actions} template={starter.key} />
              </DialogContent>
            </Dialog>
          </li>
        );
      })}
    </ul>
  );
}
