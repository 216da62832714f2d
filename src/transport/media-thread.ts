/** A media thread: the shell that turns messages into calls of its engine. */
import { parentPort, workerData } from 'node:worker_threads';
import { MediaEngine } from './media-engine.ts';
import type { Command, CommandMessage, Question, Reply, ThreadMessage, ThreadOptions } from './messages.ts';

const main = parentPort;
if (!main) throw new Error('This file runs as a worker thread only.');

const say = (message: ThreadMessage) => main.postMessage(message);
const engine = await MediaEngine.open({
  ...(workerData as ThreadOptions),
  emit: (event) => say({ type: 'event', event }),
  report: (error) => say({ type: 'problem', error }),
  wantKeyframe: (wish) => say({ type: 'keyframe_wanted', wish }),
  drops: (drops) => say({ type: 'drops', drops }),
});

function answer(command: Command): Reply | undefined {
  if (command.type === 'thread_stats') return engine.stats();
  if (command.type === 'session_stats') return engine.sessionStats(command.sessionIds);
  obey(command);
  return undefined;
}

function obey(command: Exclude<Command, Question>): void {
  switch (command.type) {
    case 'open_publisher':
      return engine.openPublisher(command.request);
    case 'open_viewer':
      return engine.openViewer(command.request);
    case 'restart_ice':
      return engine.restartIce(command.sessionId, command.local, command.remote);
    case 'choose_layer':
      return engine.chooseLayer(command.sessionId, command.wish);
    case 'send_text':
      return engine.sendText(command.sessionIds, command.text);
    case 'feed':
      return engine.feeds.feed(command.streamId);
    case 'unfeed':
      return engine.feeds.unfeed(command.streamId);
    case 'follow':
      return engine.follow(command.streamId, command.thread);
    case 'unfollow':
      return engine.closeStream(command.streamId);
    case 'want_keyframe':
      return engine.wantKeyframe(command.wish);
    case 'open_rendition':
      return engine.renditions.open(command.start);
    case 'write_rendition':
      return engine.renditions.write(command.place, command.bytes, performance.now());
    case 'close_rendition':
      return engine.renditions.close(command.place, performance.now());
    case 'close_session':
      return engine.closeSession(command.sessionId);
    case 'close_stream':
      return engine.closeStream(command.streamId);
    case 'close':
      return engine.close();
  }
}

main.on('message', ({ number, command }: CommandMessage) => {
  try {
    const reply = answer(command);
    say({ type: 'done', number, ...(reply && { reply }) });
  } catch (error) {
    say({ type: 'done', number, error: error instanceof Error ? error.message : String(error) });
  }
  if (command.type === 'close') main.close();
});

say({ type: 'ready', port: engine.port, hasIpv6: engine.hasIpv6 });
