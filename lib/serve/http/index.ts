/** The HTTP routes over an engine. Takes an engine and requests of clients; gives answers and event streams; knows nothing of how texts are made. */
export { type AppParts, createApp } from './app.js';
export { type ListenOptions, startServer, type StudioServer } from './listen.js';
