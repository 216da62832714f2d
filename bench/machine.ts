import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';

/** When, where and with what the figures are made. */
export function machine(): readonly string[] {
  const [first] = cpus();
  const distribution = /PRETTY_NAME="(.+)"/.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'Linux';
  return [
    `Made ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC.`,
    `${cpus().length} cores of ${first?.model.trim() ?? 'an unknown CPU'}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    `${distribution}, kernel ${release()}, Node ${process.versions.node}, OpenSSL ${process.versions.openssl}`,
    `load average of the minute before: ${(loadavg()[0] ?? 0).toFixed(1)}`,
  ];
}
