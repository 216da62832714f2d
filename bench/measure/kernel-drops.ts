import { readFileSync } from 'node:fs';

/** Datagrams that this machine's kernel dropped since it started, by where. */
export interface KernelDrops {
  /** Between loopback and the receiver: its queue (`net.core.netdev_max_backlog`) was full. */
  readonly backlog: number;
  /** At a receiver that did not read in time. */
  readonly receiveBuffers: number;
  /** At a sender whose buffer was full. */
  readonly sendBuffers: number;
}

export function readKernelDrops(): KernelDrops {
  // A line for each core; the second number is of the dropped ones.
  const softnet = readFileSync('/proc/net/softnet_stat', 'utf8').trim().split('\n');
  const [names = '', values = ''] = readFileSync('/proc/net/snmp', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('Udp:'));
  const udp = (name: string) => Number(values.split(' ')[names.split(' ').indexOf(name)]);
  return {
    backlog: softnet.reduce((sum, line) => sum + Number.parseInt(line.split(' ')[1] ?? '0', 16), 0),
    receiveBuffers: udp('RcvbufErrors'),
    sendBuffers: udp('SndbufErrors'),
  };
}

export function dropsBetween(before: KernelDrops, after: KernelDrops): KernelDrops {
  return {
    backlog: after.backlog - before.backlog,
    receiveBuffers: after.receiveBuffers - before.receiveBuffers,
    sendBuffers: after.sendBuffers - before.sendBuffers,
  };
}

/** Empty when nothing was lost. */
export function describeLoss(lost: number, drops: KernelDrops): string {
  if (lost === 0) return '';
  const { backlog, receiveBuffers, sendBuffers } = drops;
  return ` (the kernel dropped ${backlog} in its loopback queue, ${receiveBuffers} at receivers, ${sendBuffers} at senders)`;
}
