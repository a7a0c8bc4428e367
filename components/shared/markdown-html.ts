/** A node of a parsed Markdown text, as far as HTML in it is concerned. */
type MarkdownNode = { type: string; value?: string; children?: MarkdownNode[] };

const BREAK = /^<br\s*\/?>$/i;
/** What holds paragraphs and not words, so that HTML in it stands by itself. */
const FLOW = new Set(["root", "blockquote", "listItem", "footnoteDefinition"]);

/**
 * HTML in a Markdown text becomes the text that it is, so that an answer which is HTML, or names a `List<String>`, loses
 * nothing and still makes no element of a page. `<br>` alone breaks the line, as models write it in the cells of tables.
 */
export function htmlAsText(): (tree: MarkdownNode) => void {
  return replaceHtml;
}

function replaceHtml(node: MarkdownNode): void {
  node.children = node.children?.map((child) => (child.type === "html" ? asText(child, node) : child));
  node.children?.forEach(replaceHtml);
}

function asText({ value = "" }: MarkdownNode, parent: MarkdownNode): MarkdownNode {
  const isFlow = FLOW.has(parent.type);
  if (!BREAK.test(value.trim())) return { type: isFlow ? "code" : "text", value };
  const lineBreak: MarkdownNode = { type: "break" };
  return isFlow ? { type: "paragraph", children: [lineBreak] } : lineBreak;
}
