/** What the server takes in one form (`serverActions.bodySizeLimit`), and what is left free for the frame around it. */
const SERVER_BYTES = 4 * 1024 * 1024;
const FRAME_BYTES = 16 * 1024;

/** Whether a form is more than the server takes, which cuts such a request off without an answer. */
export async function isTooLarge(data: FormData): Promise<boolean> {
  // As it would be sent: of a text the line ends count twice, and letters that are not English more than once.
  const { size } = await new Response(data).blob();
  return size > SERVER_BYTES - FRAME_BYTES;
}
