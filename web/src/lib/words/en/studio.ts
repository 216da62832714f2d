import type { WordTable } from '../word-table.ts';
import { plural } from './language.ts';

/** The page that sends camera, microphone and screen. */
export const studio = {
  title: 'Studio',
  channel: 'Channel',
  /** Of the stream key that it makes for itself, as the dashboard lists it. */
  keyName: 'Browser studio',

  preview: {
    of: 'Preview',
    video: 'What you send',
    opening: 'Waiting for camera and microphone…',
    openingWhy: 'If your browser asks, allow both.',
    soundOnly: 'No picture: only sound is sent.',
    nothing: 'Nothing to send yet.',
    mutedTalk: 'You are muted, and talking.',
    muted: 'Muted',
    sent: (width: number, height: number, rate: number) => `${width}×${height} · ${rate} fps`,
  },

  scenes: {
    of: 'Scenes',
    camera: 'Camera',
    screen: 'Screen',
    both: 'Screen + camera',
    image: 'Image',
    otherScreen: 'Share something else',
    stopSharing: 'Stop sharing',
    otherImage: 'Another image',
    chooseImage: 'Choose an image',
    noImage: 'This file is no picture that the browser can show.',
    screenEnded: 'Sharing has ended. Your camera is shown now.',
    unsupported: 'This browser can not share a screen.',
  },

  inset: {
    of: 'Camera in the picture',
    hint: 'Drag it. With the keyboard: arrows move it, + and − change its size.',
    place: (across: number, down: number, size: number) => `${across} % across, ${down} % down, ${size} % wide`,
    corners: {
      topLeft: 'Top left',
      topRight: 'Top right',
      bottomLeft: 'Bottom left',
      bottomRight: 'Bottom right',
    },
    sizes: { small: 'Small', medium: 'Medium', large: 'Large' },
    corner: 'Corner',
    size: 'Size',
  },

  sound: {
    mute: 'Mute',
    unmute: 'Unmute',
    level: 'Loudness of what you send',
    microphone: 'Microphone',
    screen: 'Sound of the screen',
    gain: (what: string) => `${what}: how loud`,
    flip: 'Other camera',
  },

  live: {
    of: 'Broadcast',
    go: 'Go live',
    end: 'End stream',
    cancel: 'Cancel',
    connecting: 'Connecting…',
    reconnecting: 'Connection lost. Reconnecting…',
    reconnectingIn: (seconds: number) =>
      `Connection lost. Trying again in ${plural(seconds, { one: '# second', other: '# seconds' })}.`,
    offline: 'This device has no network. It goes on as soon as there is one.',
    stays: 'You stay live: viewers wait for you and see you again by themselves.',
    retry: 'Try now',
    ready: 'Ready. Nobody sees you yet.',
    watchAt: 'People watch at',
    openWatch: 'Open the watch page',
    viewers: 'Watching now',
    sinceLive: 'Live for',
  },

  ended: {
    takenOver: 'Somebody else went live on this channel.',
    stopped: 'The stream was stopped.',
  },

  ask: {
    endTitle: 'End the stream?',
    end: 'End stream',
    endWatched: (count: number) =>
      plural(count, {
        one: '# person is watching. It ends for them too.',
        other: '# people are watching. It ends for them too.',
      }),
    endUnwatched: 'Nobody is watching right now.',
    leaveTitle: 'End the stream and leave?',
    leave: 'You are live. Leaving the studio ends the stream.',
    leaveAction: 'End and leave',
    takeTitle: 'This channel is live already',
    take: 'Another device or program is sending to it. Going live here takes its place; viewers stay.',
    takeAction: 'Take over',
  },

  vitals: {
    of: 'How it goes',
    bitrate: 'Sent',
    frames: 'Frames',
    roundTrip: 'Round trip',
    loss: 'Lost',
    viewers: 'Viewers',
    perSecond: (count: number) => `${count} fps`,
    layers: (count: number) => plural(count, { one: '# layer', other: '# layers' }),
    limits: {
      cpu: 'This computer is too busy for this quality. Close other programs, or choose a lower resolution in the settings.',
      bandwidth: 'Your connection is too slow for this quality, so the picture is reduced.',
    },
  },

  settings: {
    open: 'Settings',
    done: 'Done',
    devices: 'Devices',
    camera: 'Camera',
    microphone: 'Microphone',
    noCamera: 'No camera',
    noMicrophone: 'No microphone',
    cameraNumber: (number: number) => `Camera ${number}`,
    microphoneNumber: (number: number) => `Microphone ${number}`,
    none: 'None was found',
    voice: 'Voice',
    voiceHint: 'Switch them off for music.',
    echoCancellation: 'Take out echo',
    noiseSuppression: 'Take out noise',
    autoGainControl: 'Even out loudness',
    picture: 'Picture',
    resolution: 'Resolution',
    source: 'As it comes',
    lines: (lines: number) => `${lines}p`,
    frameRate: 'Frame rate',
    perSecond: (rate: number) => `${rate} fps`,
    bitrate: 'Bitrate',
    auto: (what: string) => `Auto (${what})`,
    codec: 'Codec',
    autoCodec: 'Auto',
    layers: 'Three sizes (simulcast)',
    layersHint: 'Viewers on slow connections get a smaller picture instead of a broken one.',
    nextTime: 'Codec and simulcast can be changed when you are not live.',
    remembered: 'This browser remembers your choice.',
  },

  problems: {
    retry: 'Try again',
    dismiss: 'Dismiss',
    what: { camera: 'camera', microphone: 'microphone', screen: 'screen' },
    title: {
      denied: (what: string) => `The browser may not use the ${what}`,
      blockedBySystem: (what: string) => `The system keeps the ${what} from the browser`,
      missing: (what: string) => `No ${what} was found`,
      busy: (what: string) => `The ${what} is in use by another program`,
      unplugged: (what: string) => `The ${what} was unplugged`,
      unsupported: (what: string) => `This browser can not use the ${what}`,
      other: (what: string) => `The ${what} could not be started`,
    },
    cure: {
      denied: 'Click the icon left of the address and allow it. It starts by itself then.',
      blockedBySystem: 'Allow it in the privacy settings of your computer or phone, and try again.',
      missing: 'Plug one in: it starts by itself. You can also go live without it.',
      busy: 'Close that program (a video call, perhaps), and try again.',
      unplugged: 'Plug it in again: it is taken up by itself.',
      replaced: (by: string) => `“${by}” is used now. Once it is plugged in again, it is taken up by itself.`,
      unsupported: 'Try a current Chrome, Edge, Firefox or Safari.',
    },
  },

  insecure: {
    title: 'The browser keeps the camera closed here',
    why: (host: string) =>
      `Browsers give camera, microphone and screen only to pages on https or on localhost. This page came by plain http from ${host}. Any of these helps:`,
    local: 'On the computer that runs the server, open',
    proxy: 'Put the server behind a proxy that speaks https (Caddy does it with one line), and set PUBLIC_URL.',
    obs: 'Stream with OBS instead: it needs no https.',
    obsLink: 'Your keys and the settings',
  },

  first: {
    title: 'One thing before you go live',
    why: 'Give your channel a name. People watch at its address.',
  },

  keys: {
    of: 'Keyboard shortcuts',
    mute: 'Mute or unmute',
    flip: 'Other camera',
    live: 'Go live, or end the stream',
    settings: 'Settings',
    shortcuts: 'This list',
    insetMove: 'Move the camera in the picture, when it is focused',
    insetSize: 'Its size',
  },
} as const satisfies WordTable;
