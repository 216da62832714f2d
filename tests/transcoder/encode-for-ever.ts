/** A process without the right to real-time threads, with an encoder below it. */
import { spawn } from 'node:child_process';
import { forbidRealTime } from '../../src/native/own-process.ts';

forbidRealTime();
const encoded = ['-c:v', 'libsvtav1', '-preset', '12', '-f', 'null', '-'];
spawn('ffmpeg', ['-v', 'quiet', '-re', '-f', 'lavfi', '-i', 'testsrc2=size=160x90', ...encoded], { stdio: 'inherit' });
