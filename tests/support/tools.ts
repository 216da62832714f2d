import { accessSync, constants, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';

/** A program the tests need. `debian` is the package that has it. */
export interface Tool {
  readonly name: string;
  /** Names the program itself, whatever PATH says. */
  readonly variable: string;
  readonly programs: readonly string[];
  readonly debian: readonly string[];
  /** Its tests are skipped where it is missing, though never in CI. */
  readonly isOptional?: boolean;
}

export const ffmpeg: Tool = { name: 'ffmpeg', variable: 'FFMPEG_PATH', programs: ['ffmpeg'], debian: ['ffmpeg'] };

export const chromium: Tool = {
  name: 'Chromium',
  variable: 'CHROMIUM_PATH',
  programs: ['chromium', 'chromium-browser', 'google-chrome'],
  // Without a font a page has boxes for letters, and a screenshot says nothing.
  debian: ['chromium', 'fonts-dejavu-core'],
};

export const firefox: Tool = {
  name: 'Firefox',
  variable: 'FIREFOX_PATH',
  programs: ['firefox-esr', 'firefox'],
  debian: ['firefox-esr'],
  isOptional: true,
};

/** GStreamer's webrtcbin with WHIP around it; Debian's package brings all of GStreamer that it needs. */
export const whipClient: Tool = {
  name: 'whip-client',
  variable: 'WHIP_CLIENT_PATH',
  programs: ['whip-client'],
  debian: ['simple-whip-client'],
  isOptional: true,
};

/** The README speaks to the API by it. */
export const curl: Tool = { name: 'curl', variable: 'CURL_PATH', programs: ['curl'], debian: ['curl'] };

export const tools: readonly Tool[] = [ffmpeg, chromium, curl, firefox, whipClient];

/** Packages of one test, in a folder with a lock file of its own, since nobody else needs them. */
export interface OwnPackages {
  readonly name: string;
  readonly folder: string;
  /** There once they are installed. */
  readonly module: string;
}

/** FFmpeg 8 as npm has it: its libraries with the WHIP muxer, without the program. */
export const ffmpegWhip: OwnPackages = {
  name: 'FFmpeg with its WHIP muxer',
  folder: join(import.meta.dirname, '../interop/ffmpeg'),
  module: `@seydx/node-av-${process.platform}-${process.arch}`,
};

export const lighthouse: OwnPackages = {
  name: 'Lighthouse',
  folder: join(import.meta.dirname, '../interop/lighthouse'),
  module: 'lighthouse',
};

export const ownPackages: readonly OwnPackages[] = [ffmpegWhip, lighthouse];

export function isInstalled({ folder, module }: OwnPackages): boolean {
  return existsSync(join(folder, 'node_modules', module));
}

/** SeaweedFS, a real S3 server; a package of Python brings the program, apart from everything else. */
export const seaweed: Tool = {
  name: 'SeaweedFS',
  variable: 'WEED_PATH',
  programs: ['weed'],
  debian: [],
  isOptional: true,
};

export const SEAWEED_FOLDER = join(import.meta.dirname, '../.tools/seaweedfs');

/** The path of the tool, or `undefined` where this machine has none. */
export function findTool(tool: Tool): string | undefined {
  const named = process.env[tool.variable];
  if (named) return isExecutable(named) ? named : undefined;
  const own = tool === seaweed ? [join(SEAWEED_FOLDER, 'bin')] : [];
  const folders = [...own, ...(process.env['PATH'] ?? '').split(delimiter).filter(Boolean)];
  const candidates = folders.flatMap((folder) => tool.programs.map((program) => join(folder, program)));
  return candidates.find(isExecutable) ?? (tool === ffmpeg ? ffmpegFromNpm() : undefined);
}

/** The path of the tool; throws where this machine has none. */
export function requireTool(tool: Tool): string {
  const path = findTool(tool);
  if (path === undefined) throw new Error(`${tool.name} is missing: install it, or set ${tool.variable}`);
  return path;
}

/** Whether the tests of an optional tool are passed over here. */
export function isSkipped(tool: Tool): boolean {
  return !process.env['CI'] && findTool(tool) === undefined;
}

/** ffmpeg-static may be absent, or there without its program, which it fetches when it is installed. */
function ffmpegFromNpm(): string | undefined {
  try {
    const path: unknown = createRequire(import.meta.url)('ffmpeg-static');
    return typeof path === 'string' && isExecutable(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
