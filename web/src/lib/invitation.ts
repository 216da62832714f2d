/** A link with a viewer token. What stands behind `#` is sent to no server, so it is in no log and no Referer. */
export function invitationLink(origin: string, slug: string, token: string): string {
  return `${origin}/${slug}#token=${token}`;
}

/** The token in what stands behind `#`, or in what somebody typed or pasted: the token alone, or the whole link. */
export function tokenIn(text: string): string | undefined {
  return /(?:^|#token=)([\w-]+\.[\w-]+\.[\w-]+)$/.exec(text.trim())?.[1];
}
