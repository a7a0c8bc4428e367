"use client";

import { CircleAlert, CircleCheck, Info, type LucideIcon, TriangleAlert, X } from "lucide-react";
import { Toast as ToastPrimitive } from "radix-ui";
import { useState, useSyncExternalStore } from "react";
import { Button } from "@/components/ui/button";
import {
  currentToasts,
  dismissToast,
  subscribeToToasts,
  type ToastItem,
  type ToastTone,
} from "@/components/ui/toast-store";
import { cn } from "@/lib/cn";

export { toast } from "@/components/ui/toast-store";

const LOOKS: Readonly<Record<ToastTone, { icon: LucideIcon; classes: string }>> = {
  success: { icon: CircleCheck, classes: "text-success" },
  error: { icon: CircleAlert, classes: "text-danger" },
  info: { icon: Info, classes: "text-info" },
  warning: { icon: TriangleAlert, classes: "text-warning" },
};

const SHOWN_MS = 5_000;
const LEAVE_MS = 160;
const NONE: readonly ToastItem[] = [];

/** Where toasts appear. Mounted once, in the root layout. F8 moves the focus there. */
export function Toaster() {
  const items = useSyncExternalStore(subscribeToToasts, currentToasts, () => NONE);
  return (
    <ToastPrimitive.Provider swipeDirection="right" duration={SHOWN_MS}>
      {items.map((item) => (
        <OneToast key={item.id} item={item} />
      ))}
      <ToastPrimitive.Viewport className="fixed right-0 bottom-0 z-70 flex max-h-dvh w-full flex-col gap-2 p-4 outline-none sm:w-100" />
    </ToastPrimitive.Provider>
  );
}

function OneToast({ item }: { item: ToastItem }) {
  const [open, setOpen] = useState(true);
  const { icon: Icon, classes } = LOOKS[item.tone];

  function change(next: boolean) {
    setOpen(next);
    if (!next) setTimeout(() => dismissToast(item.id), LEAVE_MS);
  }

  return (
    <ToastPrimitive.Root
      open={open}
      onOpenChange={change}
      type={item.tone === "error" ? "foreground" : "background"}
      duration={item.tone === "error" || item.action ? Number.POSITIVE_INFINITY : SHOWN_MS}
      data-toast={item.tone}
      className="data-[state=closed]:fade-out-0 data-[state=open]:fade-in-0 data-[state=open]:slide-in-from-bottom-2 flex items-start gap-3 rounded-lg border bg-popover py-3 pr-2 pl-4 text-popover-foreground text-sm shadow-lg duration-150 data-[swipe=move]:translate-x-(--radix-toast-swipe-move-x) data-[state=closed]:animate-out data-[state=open]:animate-in"
    >
      <Icon className={cn("mt-0.5 size-4.5 shrink-0", classes)} aria-hidden="true" />
      <div className="min-w-0 flex-1">
        <ToastPrimitive.Title className="font-medium leading-5">{item.message}</ToastPrimitive.Title>
        {item.description ? (
          <ToastPrimitive.Description className="wrap-anywhere mt-0.5 text-muted-foreground">
            {item.description}
          </ToastPrimitive.Description>
        ) : null}
      </div>
      {item.action ? (
        <ToastPrimitive.Action altText={item.action.label} asChild>
          <Button variant="outline" size="sm" className="-my-1.5" onClick={item.action.onClick}>
            {item.action.label}
          </Button>
        </ToastPrimitive.Action>
      ) : null}
      <ToastPrimitive.Close className="rounded-md p-1 text-muted-foreground transition-colors hover:bg-accent hover:text-foreground">
        <X className="size-4" aria-hidden="true" />
        <span className="sr-only">Close</span>
      </ToastPrimitive.Close>
    </ToastPrimitive.Root>
  );
}
