import { cva, type VariantProps } from "class-variance-authority";
import { CircleAlert, CircleCheck, Info, TriangleAlert } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";
import { cn } from "@/lib/cn";

const alertVariants = cva("flex items-start gap-3 rounded-lg border px-4 py-3 text-sm leading-relaxed", {
  variants: {
    tone: {
      info: "border-info/30 bg-info-soft [&>svg]:text-info",
      success: "border-success/30 bg-success-soft [&>svg]:text-success",
      warning: "border-warning/35 bg-warning-soft [&>svg]:text-warning",
      danger: "border-danger/30 bg-danger-soft [&>svg]:text-danger",
    },
  },
  defaultVariants: { tone: "info" },
});

const ICONS = { info: Info, success: CircleCheck, warning: TriangleAlert, danger: CircleAlert } as const;

/** A notice inside the page. Warnings and dangers are announced to screen readers when they appear. */
export function Alert({
  tone = "info",
  title,
  action,
  className,
  children,
  ...props
}: Omit<ComponentProps<"div">, "title"> &
  VariantProps<typeof alertVariants> & { title?: ReactNode; action?: ReactNode }) {
  const kind = tone ?? "info";
  const Icon = ICONS[kind];
  return (
    <div
      role={kind === "danger" || kind === "warning" ? "alert" : "status"}
      className={cn(alertVariants({ tone: kind }), className)}
      {...props}
    >
      <Icon className="mt-0.5 size-4.5 shrink-0" aria-hidden="true" />
      <div className="wrap-anywhere min-w-0 flex-1">
        {title ? <p className="font-medium">{title}</p> : null}
        {children ? <div className={cn("text-foreground/85", title && "mt-0.5")}>{children}</div> : null}
      </div>
      {action ? <div className="shrink-0">{action}</div> : null}
    </div>
  );
}
