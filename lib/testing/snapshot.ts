/** Where the global setup leaves a migrated PGlite, so that each test file starts in a fraction of a second. */
export const SNAPSHOT_PATH = ".cache/test-database.tar";
