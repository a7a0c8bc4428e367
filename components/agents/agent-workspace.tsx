"use client";

import { MessagesSquare, SlidersHorizontal } from "lucide-react";
import type { ReactNode } from "react";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";

/** Configuration beside the playground where there is room; under tabs where there is not. Both keep their state. */
export function AgentWorkspace({ form, playground }: { form: ReactNode; playground: ReactNode }) {
  return (
    <Tabs defaultValue="configuration">
      <TabsList className="xl:hidden" aria-label="Agent">
        <TabsTrigger value="configuration">
          <SlidersHorizontal aria-hidden="true" />
          Configuration
        </TabsTrigger>
        <TabsTrigger value="playground">
          <MessagesSquare aria-hidden="true" />
          Playground
        </TabsTrigger>
      </TabsList>
      <div className="grid items-start gap-6 xl:grid-cols-[minmax(0,1fr)_minmax(0,28rem)]">
        <TabsContent
          value="configuration"
          forceMount
          className="max-xl:data-[state=inactive]:hidden"
          tabIndex={-1}
        >
          {form}
        </TabsContent>
        <TabsContent
          value="playground"
          forceMount
          className="max-xl:data-[state=inactive]:hidden xl:sticky xl:top-20"
          tabIndex={-1}
        >
          {playground}
        </TabsContent>
      </div>
    </Tabs>
  );
}
