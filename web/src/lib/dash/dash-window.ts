/** `blocked`: WebRTC does not get through. `rewound`: the viewer wants to see what was. */
export type DashReason = 'blocked' | 'rewound';

/** What can be gone to, in seconds of the presentation. */
export interface DashWindow {
  readonly startS: number;
  /** What is called live here: some seconds behind what is. */
  readonly endS: number;
  readonly positionS: number;
}
