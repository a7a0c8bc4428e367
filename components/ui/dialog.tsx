"use client";

import { X } from "lucide-react";
import { Dialog as DialogPrimitive } from "radix-ui";
import { type ComponentProps, createContext, type RefObject, useContext, useRef, useState } from "react";
import { modalClasses, overlayClasses } from "@/components/ui/overlay-classes";
import { useReturnedFocus } from "@/components/ui/returned-focus";
import { askToLeave, hasUnsaved } from "@/components/ui/unsaved-store";
import { cn } from "@/lib/cn";

const PanelContext = createContext<RefObject<HTMLDivElement | null> | null>(null);

/** A window over the page. It asks before somebody closes it with something typed into a form that is watched over. */
export function Dialog({
  open,
  onOpenChange,
  ...props
}: Omit<ComponentProps<typeof DialogPrimitive.Root>, "defaultOpen">) {
  const [isOpen, setOpen] = useState(false);
  const panel = useRef<HTMLDivElement>(null);

  function turn(next: boolean) {
    setOpen(next);
    onOpenChange?.(next);
  }

  function change(next: boolean) {
    const content = panel.current;
    if (!next && content && hasUnsaved(content)) askToLeave(() => turn(false), content);
    else turn(next);
  }

  return (
    <PanelContext value={panel}>
      <DialogPrimitive.Root open={open ?? isOpen} onOpenChange={change} {...props} />
    </PanelContext>
  );
}

export const DialogTrigger = DialogPrimitive.Trigger;
export const DialogClose = DialogPrimitive.Close;

/** The panel. It needs a `DialogTitle`; give `DialogDescription` or `aria-describedby={undefined}`. */
export function DialogContent({
  className,
  children,
  staysOpen = false,
  ...props
}: ComponentProps<typeof DialogPrimitive.Content> & {
  /** Escape and a click beside it do not close it: for what is gone with it. Its buttons do. */
  staysOpen?: boolean;
}) {
  const returned = useReturnedFocus();
  const panel = useContext(PanelContext);
  const stay = staysOpen ? { onEscapeKeyDown: prevent, onInteractOutside: prevent } : {};
  return (
    <DialogPrimitive.Portal>
      <DialogPrimitive.Overlay className={overlayClasses} />
      <DialogPrimitive.Content
        ref={panel}
        className={cn(modalClasses, className)}
        {...returned}
        {...stay}
        {...props}
      >
        {children}
        <DialogPrimitive.Close className="absolute top-4 right-4 rounded-md p-1 text-muted-foreground transition-colors hover:bg-accent hover:text-foreground">
          <X className="size-4" aria-hidden="true" />
          <span className="sr-only">Close</span>
        </DialogPrimitive.Close>
      </DialogPrimitive.Content>
    </DialogPrimitive.Portal>
  );
}

function prevent(event: Event) {
  event.preventDefault();
}

/** Stands first, also in a form that says at its top what went wrong: beside it is the button that closes. */
export function DialogHeader({ className, ...props }: ComponentProps<"div">) {
  return <div className={cn("-order-1 flex flex-col gap-1.5 pr-6", className)} {...props} />;
}

export function DialogFooter({ className, ...props }: ComponentProps<"div">) {
  return (
    <div className={cn("flex flex-col-reverse gap-2 sm:flex-row sm:justify-end", className)} {...props} />
  );
}

export function DialogTitle({ className, ...props }: ComponentProps<typeof DialogPrimitive.Title>) {
  return (
    <DialogPrimitive.Title
      className={cn("wrap-anywhere font-semibold text-lg leading-6", className)}
      {...props}
    />
  );
}

export function DialogDescription({
  className,
  ...props
}: ComponentProps<typeof DialogPrimitive.Description>) {
  return (
    <DialogPrimitive.Description
      className={cn("wrap-anywhere text-muted-foreground text-sm leading-relaxed", className)}
      {...props}
    />
  );
}
