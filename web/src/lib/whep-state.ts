/** `idle`: not asked to play. `waiting`: will try again by itself. `refused`: trying again would not help. */
export type WhepState = 'idle' | 'connecting' | 'connected' | 'interrupted' | 'waiting' | 'refused';
