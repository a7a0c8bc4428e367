import { isConnectionLoss, isReadOnly, sqlState } from "./failures";

/**
 * Why a database server cannot be used, for whoever set DATABASE_URL: without its password, which the errors of the driver
 * may hold. Null for what is no matter of settings.
 */
export function serverProblem(error: unknown, connectionString: string): string | null {
  const { host, pathname, username } = new URL(connectionString);
  const server = `The database server ${host}`;
  const reason = error instanceof Error ? error.message : "";
  const state = sqlState(error) ?? "";
  if (["28P01", "28000"].includes(state))
    return `${server} does not let "${decodeURIComponent(username)}" in: check the user and the password in DATABASE_URL.`;
  if (state === "3D000")
    return `${server} has no database "${decodeURIComponent(pathname.slice(1))}": create it, or correct DATABASE_URL.`;
  if (state === "42501")
    return `${server} refuses what preparing needs (${reason}): the user in DATABASE_URL has to own the schema and to have CREATEROLE.`;
  if (["0A000", "58P01"].includes(state) && reason.includes("extension"))
    return `${server} lacks an extension (${reason}): install pgvector and btree_gist there.`;
  if (isReadOnly(error)) return `${server} takes no changes right now: it is a standby, or shut to writing.`;
  if (!isConnectionLoss(error)) return null;
  const how = reason || (error instanceof Error && "code" in error ? String(error.code) : "no answer");
  return `${server} cannot be reached (${how}): check DATABASE_URL, and that the server is running.`;
}
