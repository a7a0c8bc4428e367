import type { ComponentProps } from "react";
import ReactMarkdown from "react-markdown";
import remarkGfm from "remark-gfm";
import { ScrollFrame } from "@/components/ui/scroll-frame";
import { cn } from "@/lib/cn";
import { htmlAsText } from "./markdown-html";
import { isPlainOnly } from "./markdown-limits";

/**
 * Text written by people or models. It is treated as hostile: HTML is text, no images (they would tell a stranger that
 * somebody reads this), every link to elsewhere shows the host it really goes to, and what would take seconds to format is
 * shown as it is.
 */
export function Markdown({ text, className }: { text: string; className?: string }) {
  if (isPlainOnly(text))
    return (
      <div className={cn("wrap-anywhere whitespace-pre-wrap text-sm leading-relaxed", className)}>{text}</div>
    );
  return (
    <div className={cn("markdown text-sm leading-relaxed", className)}>
      <ReactMarkdown
        remarkPlugins={[remarkGfm, htmlAsText]}
        skipHtml
        components={{ a: SafeLink, img: ImageName, table: ScrollingTable }}
      >
        {text}
      </ReactMarkdown>
    </div>
  );
}

function SafeLink({ href, children }: ComponentProps<"a">) {
  const host = hostOf(href);
  if (!host) return <span>{children}</span>;
  return (
    <>
      <a href={href} target="_blank" rel="noopener noreferrer nofollow ugc" className="link">
        {children}
      </a>
      <span className="text-muted-foreground text-xs"> ({host})</span>
    </>
  );
}

function ImageName({ alt }: ComponentProps<"img">) {
  return <span className="text-muted-foreground italic">[image{alt ? `: ${alt}` : ""}]</span>;
}

function ScrollingTable({ children }: ComponentProps<"table">) {
  return (
    <ScrollFrame className="scrollbar-thin my-3 overflow-x-auto">
      <table>{children}</table>
    </ScrollFrame>
  );
}

/** The host of an absolute http(s) or mailto link; empty for anything else, which is then not a link. */
function hostOf(href: string | undefined): string {
  if (!href || !URL.canParse(href)) return "";
  const url = new URL(href);
  if (url.protocol === "mailto:") return url.pathname;
  return url.protocol === "https:" || url.protocol === "http:" ? url.host : "";
}
