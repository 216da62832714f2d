/** Where players and pages find what is sent from below `/media`. */

export function thumbnailPath(slug: string): string {
  return `/media/live/${slug}/thumbnail.webp`;
}
