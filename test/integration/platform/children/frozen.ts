import { createServer } from 'node:net';

/** Listens on the path given with a place for one caller, tells so, and waits to be frozen. */
createServer().listen({ path: process.argv[2], backlog: 1 }, () => process.send?.('listening'));
