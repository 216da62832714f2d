/** Why camera, microphone or screen could not be had, and what to do about it. */
export function mediaErrorWords(error: unknown): string {
  switch (error instanceof Error ? error.name : '') {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'The browser was not allowed to use it. Click the icon left of the address, allow camera and microphone, and try again.';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'No camera or microphone was found. Plug one in, or share your screen instead.';
    case 'NotReadableError':
    case 'AbortError':
      return 'The camera or microphone is in use by another program. Close that program and try again.';
    default:
      return `It could not be started: ${error instanceof Error ? error.message : String(error)}`;
  }
}
