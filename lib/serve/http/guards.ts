import { createHash, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';

/** The address and the secret of a server. */
export interface ServerIdentity {
  readonly port: number;
  readonly token: string;
}

/**
 * Refuses requests to another host name, which a page of another site could send through DNS rebinding, and requests that a page of
 * another origin sends.
 */
export const sameHost =
  (identity: () => ServerIdentity): MiddlewareHandler =>
  async (c, next) => {
    const hosts = ['127.0.0.1', 'localhost'].map((name) => `${name}:${identity().port}`);
    const host = c.req.header('host') ?? '';
    const origin = c.req.header('origin');
    if (!hosts.includes(host)) return c.json({ message: `expected the host ${hosts[0]}, got ${JSON.stringify(host)}` }, 403);
    if (origin !== undefined && !hosts.some((name) => origin === `http://${name}`))
      return c.json({ message: `expected a request of this server's own page, got one of ${JSON.stringify(origin)}` }, 403);
    return next();
  };

/** Refuses requests without the token, in the header `Authorization: Bearer TOKEN` or the query parameter `token`. */
export const withToken =
  (identity: () => ServerIdentity): MiddlewareHandler =>
  async (c, next) => {
    const bearer = /^Bearer (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
    const given = bearer ?? c.req.query('token') ?? '';
    if (timingSafeEqual(digest(given), digest(identity().token))) return next();
    return c.json({ message: 'expected the token of this server; open the address that it printed when it started' }, 401);
  };

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Headers of every answer: pages load nothing from elsewhere, and the token in the address goes nowhere. */
export const safeHeaders: MiddlewareHandler = async (c, next) => {
  await next();
  c.header('X-Content-Type-Options', 'nosniff');
  c.header('Referrer-Policy', 'no-referrer');
  c.header('Content-Security-Policy', POLICY);
  if (!c.res.headers.has('Cache-Control')) c.header('Cache-Control', 'no-store');
};

const POLICY =
  "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
