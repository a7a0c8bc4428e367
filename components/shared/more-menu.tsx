import { MoreHorizontal } from "lucide-react";
import type { ReactNode, Ref } from "react";
import { Button } from "@/components/ui/button";
import { DropdownMenu, DropdownMenuContent, DropdownMenuTrigger } from "@/components/ui/dropdown-menu";

/** What else can be done with the thing of a row, behind one button above the row's link. Children are the menu's items. */
export function MoreMenu({
  ref,
  name,
  pending,
  children,
}: {
  ref?: Ref<HTMLButtonElement>;
  name: string;
  pending: boolean;
  children: ReactNode;
}) {
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button
          ref={ref}
          variant="ghost"
          size="icon-sm"
          className="relative z-10"
          loading={pending}
          aria-label={`More for ${name}`}
        >
          {pending ? null : <MoreHorizontal aria-hidden="true" />}
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end">{children}</DropdownMenuContent>
    </DropdownMenu>
  );
}
