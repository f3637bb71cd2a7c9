import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createServer, type RequestListener } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { inputError, messageOf } from '../../base/errors.js';
import { type AppParts, createApp } from './app.js';

/** Options of a server. */
export interface ListenOptions extends AppParts {
  /** 0 takes any free port. */
  readonly port: number;
  /** Default: random. */
  readonly token?: string | undefined;
}

/** A server that listens. */
export interface StudioServer {
  /** Address with the token. */
  readonly url: string;
  /** Stops listening and ends all connections. The engine belongs to the caller. */
  close(): Promise<void>;
}

/** Starts a server that only this machine can reach. @throws InputError if the port is taken */
export async function startServer({
  port,
  token = randomBytes(24).toString('hex'),
  ...parts
}: ListenOptions): Promise<StudioServer> {
  const identity = { port, token };
  const app = createApp(parts, () => identity);
  const server = createServer(getRequestListener(app.fetch) as RequestListener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      reject(inputError('--port', `${port} cannot be used (${messageOf(error)}); choose another one, or 0 for any free port`));
    });
    server.listen(port, '127.0.0.1', resolve);
  });
  identity.port = (server.address() as AddressInfo).port;
  return {
    url: `http://127.0.0.1:${identity.port}/?token=${token}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
