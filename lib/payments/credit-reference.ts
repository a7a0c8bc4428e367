/** What a transfer for ordered credit says, so that it is found again: made of the order's id. */
export function creditReference(topupId: string): string {
  return `CR-${topupId.replaceAll("-", "").slice(-10).toUpperCase()}`;
}
