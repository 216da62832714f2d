import type { Hono } from 'hono';
import type { AppEnv } from './env.ts';

/** Which methods a path has, so that a wrong one is told from a wrong path (RFC 9110 section 15.5.6). */
export function allowedMethods(app: Hono<AppEnv>): (path: string) => string[] {
  const routes = app.routes
    .filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => ({ method, segments: path.split('/') }));
  return (path) => {
    const segments = path.replace(/\/$/, '').split('/');
    const fits = (pattern: readonly string[]) =>
      pattern.length === segments.length &&
      pattern.every((part, i) => (part.startsWith(':') ? segments[i] !== '' : part === segments[i]));
    const methods = routes.flatMap((route) => (fits(route.segments) ? [route.method] : []));
    return [...new Set(methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])))];
  };
}
