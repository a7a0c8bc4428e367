/**
 * The header `Content-Disposition` of a file to save under a name in any script: in ASCII for old programs, and as it is
 * (RFC 6266, RFC 8187).
 */
export function attachment(filename: string): string {
  const plain = filename.replace(/[^\w. -]/g, "_");
  return `attachment; filename="${plain}"; filename*=UTF-8''${encodeExtended(filename)}`;
}

function encodeExtended(text: string): string {
  const hex = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text.toWellFormed()).replace(/['()*]/g, hex);
}
