import { createServer } from 'node:net';

/** Listens on 127.0.0.1 on any port and tells it; ends with its parent. */
const server = createServer().listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(typeof address === 'object' ? address?.port : undefined);
});
process.on('disconnect', () => process.exit(0));
