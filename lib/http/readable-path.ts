/**
 * Whether a path can be decoded. One that is no UTF-8, such as `/i/%ED%A0%80` or one with a lone `%`, names nothing, and
 * the router would fail on it instead of finding nothing.
 */
export function isReadablePath(pathname: string): boolean {
  try {
    decodeURIComponent(pathname);
    return true;
  } catch {
    return false;
  }
}
