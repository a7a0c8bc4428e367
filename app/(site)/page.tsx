import { ArrowRight } from "lucide-react";
import type { Metadata } from "next";
import {
  ConsolesSection,
  InvoiceSection,
  PartsSection,
  PromisesSection,
} from "@/app/(site)/_components/sections";
import { WorkflowDrawing } from "@/app/(site)/_components/workflow-drawing";
import { Button } from "@/components/ui/button";
import { Link } from "@/components/ui/link";

export const metadata: Metadata = { title: { absolute: "HireBuddha: AI staff, priced by the step" } };

export default function LandingPage() {
  return (
    <>
      <section className="mx-auto grid max-w-6xl items-center gap-12 px-4 pt-10 pb-20 sm:px-6 lg:grid-cols-[11fr_9fr] lg:gap-16 lg:pt-16 lg:pb-28">
        <div>
          <h1 className="font-semibold text-4xl leading-[1.08] tracking-[-0.025em] sm:text-5xl lg:text-[3.5rem]">
            Hire AI staff.
            <br />
            Know what every step <span className="text-brand">costs</span>.
          </h1>
          <p className="mt-6 max-w-xl text-lg text-muted-foreground leading-relaxed">
            Give agents a role and your documents, chain them into workflows, and run them durably. Each step
            is metered, priced and recorded the moment it happens, down to the millionth of a dollar.
          </p>
          <div className="mt-8 flex flex-wrap gap-3">
            <Button asChild size="lg">
              <Link href="/sign-up">
                Create a workspace
                <ArrowRight aria-hidden="true" />
              </Link>
            </Button>
            <Button asChild size="lg" variant="outline">
              <Link href="/sign-in">Sign in</Link>
            </Button>
          </div>
        </div>
        <WorkflowDrawing />
      </section>
      <PartsSection />
      <InvoiceSection />
      <ConsolesSection />
      <PromisesSection />
    </>
  );
}
