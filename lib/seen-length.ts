import { cleanText } from "@/lib/knowledge/clean";

/** How many characters of a name there are to see: a name of invisible ones is none. */
export function seenLength(name: string): number {
  return cleanText(name).trim().length;
}
