import type { ReactNode } from "react";
import { Card, CardContent } from "@/components/ui/card";

/** The one card of a form's pages: its title, what it is about, and what there is to do. */
export function FormCard({
  title,
  description,
  children,
}: {
  title: string;
  description?: string;
  children?: ReactNode;
}) {
  return (
    <Card className="shadow-sm">
      <CardContent className="grid gap-6 p-6 sm:p-8">
        <header className="grid gap-1.5">
          <h1 dir="auto" className="wrap-anywhere text-balance font-semibold text-2xl tracking-tight">
            {title}
          </h1>
          {description ? (
            <p dir="auto" className="wrap-anywhere whitespace-pre-line text-muted-foreground leading-relaxed">
              {description}
            </p>
          ) : null}
        </header>
        {children}
      </CardContent>
    </Card>
  );
}
