/** Whether a card is past its month: banks take it until the last day, in UTC. */
export function isExpired(expiry: { month: number; year: number } | null, now: Date): boolean {
  return expiry !== null && Date.UTC(expiry.year, expiry.month, 1) <= now.getTime();
}
