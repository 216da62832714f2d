import { words } from '#lib/words/words.ts';

const STYLE = `
  :root { color-scheme: light dark; }
  body {
    min-height: 100dvh; margin: 0; padding: 1.5rem; box-sizing: border-box; display: grid; gap: 1rem;
    place-content: center; justify-items: center; text-align: center; font: 1rem/1.5 system-ui, sans-serif;
    background: light-dark(#f2f8f6, #06161a); color: light-dark(#0a2428, #e8f6f3);
  }
  svg { width: 4rem; }
  h1 { margin: 0; font-size: 1.75rem; letter-spacing: -0.02em; }
  p { margin: 0; max-width: 28rem; color: light-dark(#47656a, #9dbfc2); }
  a {
    margin-top: 0.5rem; padding: 0.7rem 1.4rem; border-radius: 2rem; font-weight: 700; text-decoration: none;
    background: light-dark(#00716b, #4fe0cd); color: light-dark(#ffffff, #03211f);
  }
`;

const LOGO = `<svg viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="9" fill="#06363a"/><g fill="none" stroke-linecap="round" stroke-width="3.6"><path stroke="#4fe0cd" d="M9.5 26V13.5c0-4 2.6-6.5 5.5-6.5 3.5 0 4 2.5 8.5 1"/><path stroke="#ffd166" d="M9.5 18.5c3-3 5.5-.5 8 0 2 .4 3-.2 4-1"/></g></svg>`;

/** Stands in for a page that cannot be had, under the address of that page: to try again is to follow it once more. */
export function offlinePage(): Response {
  const page = `<!doctype html>
<html lang="${words.language}">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${words.site.pageTitle(words.offline.title)}</title><style>${STYLE}</style>
</head>
<body><main style="display:contents">${LOGO}<h1>${words.offline.title}</h1><p>${words.offline.text}</p><a href="">${words.offline.tryAgain}</a></main></body>
</html>`;
  return new Response(page, {
    status: 503,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    },
  });
}
