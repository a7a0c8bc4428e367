import { z } from "zod";

/** The name of a header (RFC 9110, 5.1). */
export const headerName = z
  .string()
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/, "This is not a header name.");

/** Each byte of a header is one letter of Latin-1, and none of them a control but the tab (RFC 9110, 5.5). */
const STRANGE = /[^\t\x20-\x7e\x80-\xff]/u;

/** The first letter that no header can hold, as it is written in JSON; null where there is none. */
export function strangeInHeader(value: string): string | null {
  const strange = STRANGE.exec(value)?.[0];
  return strange === undefined ? null : JSON.stringify(strange).slice(1, -1);
}

/** What says where a request goes and how it is cut on the way (RFC 9110, 7.6.1). */
export const OF_THE_CONNECTION: readonly string[] = [
  ...["host", "connection", "proxy-connection", "keep-alive", "upgrade", "te", "trailer"],
  ...["transfer-encoding", "content-length", "expect"],
];
