import type { ReactNode } from "react";
import { Card, CardContent } from "@/components/ui/card";

/** One thing to do, on a card: its title, a sentence, the form, and the way to the neighbouring page. */
export function AuthCard({
  title,
  description,
  footer,
  children,
}: {
  title: string;
  description?: ReactNode;
  footer?: ReactNode;
  children: ReactNode;
}) {
  return (
    <>
      <Card className="shadow-sm">
        <CardContent className="grid gap-5 p-6 sm:p-7">
          <header className="grid gap-1">
            <h1 className="font-semibold text-xl tracking-tight">{title}</h1>
            {description ? (
              <p className="text-muted-foreground text-sm leading-relaxed">{description}</p>
            ) : null}
          </header>
          {children}
        </CardContent>
      </Card>
      {footer ? <div className="mt-5 text-center text-muted-foreground text-sm">{footer}</div> : null}
    </>
  );
}
