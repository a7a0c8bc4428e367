/** A reason not to read a file, in words for the person who uploaded it. Anything else thrown is a defect or damage. */
export class Refusal extends Error {
  /**
   * @param {string} reason machine-readable
   * @param {string} message one sentence for a person
   */
  constructor(reason, message) {
    super(message);
    this.name = "Refusal";
    this.reason = reason;
  }
}

/** What the formats are called in messages. */
export const FORMAT_NAMES = {
  pdf: "a PDF",
  docx: "a Word document",
  pptx: "a PowerPoint presentation",
  xlsx: "an Excel workbook",
  csv: "a CSV table",
  md: "a Markdown text",
  html: "a web page",
  txt: "a plain text",
};
