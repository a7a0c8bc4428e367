/**
 * CPU time of this process in milliseconds. What a bound on effort is measured by: unlike the clock on the wall it does
 * not grow because somebody else uses the machine.
 */
export function cpuTimeMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
