import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { Markdown } from "@/components/shared/markdown";

const render = (text: string) => renderToStaticMarkup(<Markdown text={text} />);

describe("Markdown from strangers", () => {
  it.each([
    "![x](https://evil.test/?q=secret)",
    "![x][r]\n\n[r]: https://evil.test/p.png",
    '<img src="https://evil.test/p.png">',
    '<a href="https://evil.test" onmouseover="x()">y</a><script>z()</script>',
    '<iframe src="https://evil.test"></iframe>',
    '<style>@import "https://evil.test"</style>',
  ])("asks nothing of another host: %s", (text) => {
    expect(render(text)).not.toMatch(/<(img|script|iframe|style|a)\b|src=|onmouseover/i);
  });

  it.each([
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "//evil.test",
    "/admin",
  ])("does not link to %s", (target) => {
    expect(render(`[click](${target})`)).not.toContain("href");
  });

  it("says where a link really goes", () => {
    const html = render("[https://bank.test](https://evil.test/login)");
    expect(html).toContain("(evil.test)");
    expect(html).toContain('rel="noopener noreferrer nofollow ugc"');
  });

  it("still renders what people write", () => {
    const html = render("**bold**\n\n| a | b |\n|---|---|\n| 1 | 2 |");
    expect(html).toContain("<strong>bold</strong>");
    expect(html).toContain("<td>2</td>");
  });

  it("lets the keyboard reach a table, which may be wider than what it stands in", () => {
    const html = render("| a | b |\n|---|---|\n| 1 | 2 |");
    expect(html).toMatch(/<div tabindex="0" role="group"[^>]*><table>/);
  });
});
