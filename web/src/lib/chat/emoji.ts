/** A small set of short codes, and what the picker shows. */
export const EMOJI: readonly { readonly code: string; readonly emoji: string }[] = [
  { code: 'smile', emoji: '😄' },
  { code: 'joy', emoji: '😂' },
  { code: 'wink', emoji: '😉' },
  { code: 'heart_eyes', emoji: '😍' },
  { code: 'thinking', emoji: '🤔' },
  { code: 'sunglasses', emoji: '😎' },
  { code: 'cry', emoji: '😢' },
  { code: 'scream', emoji: '😱' },
  { code: 'party', emoji: '🥳' },
  { code: 'wave', emoji: '👋' },
  { code: 'thumbsup', emoji: '👍' },
  { code: 'thumbsdown', emoji: '👎' },
  { code: 'clap', emoji: '👏' },
  { code: 'pray', emoji: '🙏' },
  { code: 'muscle', emoji: '💪' },
  { code: 'eyes', emoji: '👀' },
  { code: 'heart', emoji: '❤️' },
  { code: 'fire', emoji: '🔥' },
  { code: 'sparkles', emoji: '✨' },
  { code: 'tada', emoji: '🎉' },
  { code: 'rocket', emoji: '🚀' },
  { code: 'hundred', emoji: '💯' },
  { code: 'coffee', emoji: '☕' },
  { code: 'music', emoji: '🎵' },
];

const BY_CODE = new Map(EMOJI.map(({ code, emoji }) => [code, emoji]));

/** `:smile:` as what it stands for; what stands for nothing stays. */
export function withEmoji(text: string): string {
  return text.replace(/:([a-z_]+):/g, (typed, code: string) => BY_CODE.get(code) ?? typed);
}
