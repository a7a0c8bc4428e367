import { PGlite, type PGliteOptions } from "@electric-sql/pglite";
import { btree_gist } from "@electric-sql/pglite/contrib/btree_gist";
import { vector } from "@electric-sql/pglite-pgvector";

const EXTENSIONS = { vector, btree_gist };

/** Opens PGlite in a folder, or in memory. A tarball of an earlier `dumpDataDir` saves the first start. */
export async function openPglite(
  dataDir?: string,
  loadDataDir?: Blob,
  options: PGliteOptions = {},
): Promise<PGlite> {
  return PGlite.create({
    ...options,
    ...(dataDir ? { dataDir } : {}),
    ...(loadDataDir ? { loadDataDir } : {}),
    extensions: EXTENSIONS,
  });
}
