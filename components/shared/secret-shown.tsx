import type { ReactNode } from "react";
import { CopyButton } from "@/components/shared/copy-button";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import {
  DialogClose,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from "@/components/ui/dialog";

type Props = {
  title: string;
  description: string;
  /** Why it is shown this once. */
  warning: string;
  value: string;
  copyLabel: string;
  testId: string;
  /** How it is used. */
  children?: ReactNode;
};

/** The inside of a dialog that shows a secret the only time it can be seen. */
export function SecretShown({ title, description, warning, value, copyLabel, testId, children }: Props) {
  return (
    <>
      <DialogHeader>
        <DialogTitle>{title}</DialogTitle>
        <DialogDescription>{description}</DialogDescription>
      </DialogHeader>
      <Alert tone="warning" title="Copy it now">
        {warning}
      </Alert>
      <div className="flex items-center gap-2 rounded-lg border bg-muted/50 py-2 pr-2 pl-3">
        <code
          data-testid={testId}
          className="wrap-anywhere min-w-0 flex-1 select-all font-mono text-[0.8125rem]"
        >
          {value}
        </code>
        <CopyButton value={value} label={copyLabel} />
      </div>
      {children}
      <DialogFooter>
        <DialogClose asChild>
          <Button>Done</Button>
        </DialogClose>
      </DialogFooter>
    </>
  );
}
