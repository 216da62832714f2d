const KEPT_LINES = 3;
const MAX_LENGTH = 500;
/** How far it is, and what SVT-AV1 says whatever it was asked. */
const CHATTER = /^(?:frame|size)=|^Svt\[(?:info|warn)\]/;

/** What ffmpeg said last, for people: without addresses in memory, and without the folders of this machine. */
export function ffmpegWords(stderr: string): string {
  const lines = stderr
    .split(/[\r\n]+/)
    .map(readable)
    .filter((line) => line !== '' && !CHATTER.test(line));
  return lines.slice(-KEPT_LINES).join('; ').slice(0, MAX_LENGTH);
}

function readable(line: string): string {
  return line
    .replace(/ @ 0x[0-9a-f]+\]/g, ']')
    .replace(/(?:\/[^\s/:'"]+)+\/([^\s/:'"]+)/g, '$1')
    .trim();
}
