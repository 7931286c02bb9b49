/** A participant in a process of its own. It does what it is told over IPC and nothing else. */
import { createServer, type Server } from 'node:net';
import { createCoordinator } from '../../../../src/coordinator/wiring/createCoordinator';
import type { Coordinator } from '../../../../src/core/messages/coordinator';
import { toStyxyError } from '../../../../src/core/domain/errors';
import type { CommandMessage, CommandName, Commands, StartOptions } from './commands';

const servers: Server[] = [];
let coordinator: Coordinator | undefined;

function say(level: string): (message: string) => void {
  return (message) => void process.stderr.write(`${timeOfDay()} ${level} ${message}\n`);
}

function timeOfDay(): string {
  return new Date().toISOString().slice(11, 23);
}

function start({ worker, ...options }: StartOptions): null {
  coordinator = createCoordinator({
    kind: 'window',
    ...options,
    product: 'integration test',
    version: '0.0.0',
    leader: worker === undefined ? { kind: 'inline' } : { kind: 'worker', script: worker },
    log: { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') },
  });
  return null;
}

function self(): Coordinator {
  if (coordinator === undefined) {
    throw new Error('The participant was not started.');
  }
  return coordinator;
}

async function listen({ port, host }: { port: number; host?: string }): Promise<null> {
  const server = createServer((socket) => socket.end());
  servers.push(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return null;
}

function block(ms: number): null {
  const end = performance.now() + ms;
  while (performance.now() < end) {
    // Nothing else may run meanwhile: that is the point.
  }
  return null;
}

async function close(): Promise<null> {
  await coordinator?.close();
  for (const server of servers) {
    server.close();
  }
  return null;
}

const commands: {
  [Name in CommandName]: (
    params: Commands[Name]['params'],
  ) => Promise<Commands[Name]['result']> | Commands[Name]['result'];
} = {
  start,
  allocate: ({ deadlineMs, ...request }) => self().allocate(request, options(deadlineMs)),
  allocatePlan: ({ deadlineMs, ...request }) => self().allocatePlan(request, options(deadlineMs)),
  undoAutoAllocation: ({ deadlineMs, ...request }) =>
    self().undoAutoAllocation(request, options(deadlineMs)),
  setAutoAllocation: (request) => self().setAutoAllocation(request),
  audit: (request) => self().audit(request),
  doctor: () => self().doctor(),
  release: ({ deadlineMs, ...request }) => self().release(request, options(deadlineMs)),
  move: ({ deadlineMs, ...request }) => self().move(request, options(deadlineMs)),
  inspect: (request) => self().inspect(request),
  list: ({ deadlineMs }) => self().list(options(deadlineMs)),
  status: ({ deadlineMs }) => self().status(options(deadlineMs)),
  see: () => ({ role: self().role, snapshot: self().snapshot ?? null }),
  setFolders: (folders) => {
    self().setFolders(folders);
    return null;
  },
  handOver: async () => {
    await self().handOver();
    return null;
  },
  listen,
  block: ({ ms }) => block(ms),
  close,
};

/** Leader changes and a busy machine take their time; a test that hangs is ended by its bound. */
function options(deadlineMs = 30_000): { deadlineMs: number } {
  return { deadlineMs };
}

process.on('message', ({ id, name, params }: CommandMessage) => {
  const run = commands[name] as (params: unknown) => unknown;
  void (async () => {
    try {
      const result = await run(params);
      process.send?.({ id, result });
    } catch (error) {
      process.send?.({ id, error: toStyxyError(error).toJSON() });
    }
    if (name === 'close') {
      process.disconnect();
    }
  })();
});
