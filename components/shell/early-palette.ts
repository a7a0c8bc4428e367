/** On the root of the page while the palette was asked for before its scripts were there. */
export const PALETTE_ASKED = "paletteAsked";
/** Told once the page hears its keys itself. */
export const KEYS_HEARD = "hb:keys-heard";

/** Takes over from what the page was sent with. @returns whether the palette was asked for until now */
export function takeEarlyPalette(): boolean {
  window.dispatchEvent(new Event(KEYS_HEARD));
  const { dataset } = document.documentElement;
  const isAsked = dataset[PALETTE_ASKED] !== undefined;
  delete dataset[PALETTE_ASKED];
  return isAsked;
}
