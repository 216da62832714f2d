// FFmpeg's own demuxer and WHIP muxer, with what the program does between them: copying packets at the file's pace.
import { Demuxer, Muxer } from 'node-av';

const [file, url, authorization, flags] = process.argv.slice(2);
const stopping = new AbortController();
process.once('SIGINT', () => stopping.abort());

const input = await Demuxer.open(file);
const output = await Muxer.open(url, {
  format: 'whip',
  options: { authorization, ...(flags && { whip_flags: flags }) },
});
const places = input.streams.map((stream) => output.addStream(stream));

const startMs = performance.now();
for await (const packet of input.packets()) {
  if (!packet || stopping.signal.aborted) break;
  const { num, den } = input.streams[packet.streamIndex].timeBase;
  const dueMs = (Number(packet.dts) * num * 1000) / den;
  await wait(startMs + dueMs - performance.now());
  await output.writePacket(packet, places[packet.streamIndex]);
  packet.free();
}
await output.close();
await input.close();

function wait(ms) {
  return ms > 0 && new Promise((resolve) => setTimeout(resolve, ms));
}
