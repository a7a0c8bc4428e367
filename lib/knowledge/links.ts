/** The page of a document. */
export function documentHref(documentId: string): string {
  return `/app/knowledge/${documentId}`;
}

/** Opens a document at one of its passages: what a citation links to. */
export function passageHref(documentId: string, chunkId: string): string {
  return `${documentHref(documentId)}?passage=${chunkId}#passage-${chunkId}`;
}
