/** A path of this site to go on to after signing in, or null. Anything that a browser could read as another host is refused. */
export function safePath(path: string | null | undefined): string | null {
  if (!path || !/^\/(?![/\\])[\x21-\x7e]*$/.test(path) || path.includes("\\")) return null;
  const base = "http://site.invalid";
  const url = URL.parse(path, base);
  return url?.origin === base && !url.pathname.startsWith("//") ? `${url.pathname}${url.search}` : null;
}
