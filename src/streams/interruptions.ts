import { StreamError } from './errors.ts';
import { MediaUnavailable } from './ports.ts';

/** Nobody's fault, and soon over: the same request may succeed a moment later. */

export function shuttingDown(): StreamError {
  return new StreamError('interrupted', 'The server is shutting down.');
}

export function stoppedMeanwhile(): StreamError {
  return new StreamError('interrupted', 'The stream was stopped in this moment.');
}

export async function whileMediaRuns<T>(open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    throw error instanceof MediaUnavailable ? mediaRestarts(error) : error;
  }
}

function mediaRestarts(cause: MediaUnavailable): StreamError {
  return new StreamError('interrupted', 'The media thread is being restarted.', { cause });
}
