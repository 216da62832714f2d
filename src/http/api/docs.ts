import { createHash } from 'node:crypto';
import type { Handler } from 'hono';
import { html, raw } from 'hono/html';
import type { AppEnv } from '../env.ts';
import { type ApiDocument, METHODS, type Operation } from './document.ts';
import { schemaText } from './schema-text.ts';

const STYLE = `
:root { color-scheme: light dark; }
body { max-width: 56rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif; }
section { border-top: 1px solid; padding-block: 0.5rem 1rem; }
h2, h3 { margin-block: 1rem 0.25rem; font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
p { margin-block: 0.25rem; }
pre { margin-block: 0.25rem; padding: 0.5rem 0.75rem; white-space: pre-wrap; overflow-wrap: anywhere; background: light-dark(#eef4f2, #10242a); border-radius: 0.5rem; }
nav ul { padding: 0; list-style: none; columns: 22rem; font-family: ui-monospace, monospace; font-size: 0.875rem; overflow-wrap: anywhere; }
a { color: light-dark(#0b5c4d, #7fd6c2); }
`;
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');
const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; frame-ancestors 'none'`;

type Content = { readonly [type: string]: { readonly schema?: unknown } };

/** The page says once what these are. */
const OF_ALL = new Set(['304', '412', '429']);

/** The API's own description as a page for people: nothing to run, and nothing from elsewhere. */
export function docsPage(describe: () => ApiDocument): Handler<AppEnv> {
  let made: ReturnType<typeof page> | undefined;
  return (c) => {
    made ??= page(describe());
    c.header('Content-Security-Policy', POLICY);
    return c.html(made);
  };
}

function page({ info, servers, paths = {}, components = {} }: ApiDocument) {
  const base = servers?.[0]?.url ?? '';
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      return operation ? [{ title: `${method.toUpperCase()} ${base}${path}`, operation }] : [];
    }),
  );
  const contents = operations.map(({ title }) => html`<li><a href="#${anchor(title)}">${title}</a></li>`);
  const schemas = Object.entries(components.schemas ?? {}).map(
    ([name, schema]) =>
      html`<section id="${name}"><h3>${name}</h3><pre tabindex="0">${schemaText(schema)}</pre></section>`,
  );
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>API · ${info.title}</title>
<style>${raw(STYLE)}</style>
</head>
<body>
<main>
<h1>The API of ${info.title}</h1>
<p>${info.description} JSON in, JSON out. <code>Authorization: Bearer</code> with an API token, or the site's session cookie.
Errors are problems (RFC 9457). What is read has an <code>ETag</code>: <code>If-None-Match</code> is answered 304 while it stands, <code>If-Match</code>
on PATCH, PUT or DELETE 412 where it changed meanwhile. Lists come in pages, each with <code>nextCursor</code>. A DELETE may be repeated. The <code>RateLimit</code> header says how many requests are
left; beyond it comes 429. For programs: <a href="${base}/openapi.json">openapi.json</a>.</p>
<nav aria-label="Routes"><ul>${contents}</ul></nav>
${operations.map(({ title, operation }) => section(title, operation))}
<h2>Shapes</h2>
${schemas}
</main>
</body>
</html>`;
}

function anchor(title: string): string {
  return title.replaceAll(/[^\w]+/g, '-');
}

function section(title: string, { summary, description, parameters = [], requestBody, responses = {} }: Operation) {
  const body = requestBody && 'content' in requestBody ? requestBody.content['application/json']?.schema : undefined;
  const query = parameters.flatMap((one) =>
    'in' in one && one.in === 'query' ? [`${one.name}: ${schemaText(one.schema)}`] : [],
  );
  const told = Object.entries(responses).filter(([status]) => !OF_ALL.has(status));
  const answers = told.map(([status, answer]: [string, { description?: string; content?: Content }]) => {
    const [shape] = Object.entries(answer.content ?? {}).map(([type, { schema }]) =>
      isEmpty(schema) ? type : schemaText(schema),
    );
    return `${status} ${answer.description ?? ''}${shape === undefined ? '' : `\n${shape}`}`;
  });
  return html`<section id="${anchor(title)}">
<h2>${title}</h2>
<p>${[summary, description].filter(Boolean).join('. ')}</p>
${query.length > 0 ? html`<p>Query</p><pre tabindex="0">${query.join('\n')}</pre>` : ''}
${body ? html`<p>Body</p><pre tabindex="0">${schemaText(body)}</pre>` : ''}
<p>Answer</p><pre tabindex="0">${answers.join('\n\n')}</pre>
</section>`;
}

function isEmpty(schema: unknown): boolean {
  return Object.keys(schema ?? {}).length === 0;
}
