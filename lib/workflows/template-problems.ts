/** Said of a template that would fill the memory. */
export const TOO_MUCH_TEXT = "The template makes too much text.";
/** How the engine and the language say so. */
const TOO_MUCH = new Set(["memory alloc limit exceeded", "too long", "Invalid string length"]);

/** What Liquid says is wrong with a template, for a person. @param said its message, without the place */
export function plainTemplateProblem(said: string): string {
  const unclosed = /^(output|tag) "?(.*?)"? not closed$/is.exec(said);
  if (unclosed) return `“${unclosed[2]?.trim()}” is not closed: ${closing(unclosed[2] ?? "")}.`;
  const filter = /^undefined filter: (.*)$/.exec(said);
  if (filter) return `There is no filter “${filter[1]}”.`;
  const tag = /^tag "(.*)" not found$/.exec(said);
  if (tag) return `There is no tag “${tag[1]}” here.`;
  if (said === 'invalid value expression: ""') return "Something is missing here.";
  const illegal = /^illegal tag: (.*)$/is.exec(said);
  if (illegal) return `“${illegal[1]}” is not written as this tag has to be.`;
  if (said === "template render limit exceeded") return "The template takes too long: it repeats too much.";
  if (said === "parse length limit exceeded") return "The template is too long.";
  if (said === "Maximum call stack size exceeded") return "The template is nested too deeply.";
  if (TOO_MUCH.has(said)) return TOO_MUCH_TEXT;
  const text = said.charAt(0).toUpperCase() + said.slice(1);
  return text.endsWith(".") ? text : `${text}.`;
}

function closing(opened: string): string {
  const block = /^\{%-?\s*(\w+)[\s\S]*%\}$/.exec(opened.trim());
  if (block) return `add {% end${block[1]} %}`;
  return opened.includes("{%") ? "add %}" : "add }}";
}
