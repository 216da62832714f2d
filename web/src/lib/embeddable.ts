/** The header by which a page says that pages of other sites may show it. It does not leave the server. */
export const EMBEDDABLE = 'x-freshet-embeddable';
