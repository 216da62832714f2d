import { bind } from './library.ts';

export const copyMemory = bind<(target: number, source: number, length: number) => number>(
  'uint64 memcpy(uint64 target, uint64 source, size_t length)',
);
