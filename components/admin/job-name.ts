/** A job as people call it: its name within the product. */
export function jobName(functionId: string): string {
  return functionId.replace(/^hirebuddha-/, "");
}
