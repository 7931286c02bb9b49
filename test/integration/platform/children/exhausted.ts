import { open, type FileHandle } from 'node:fs/promises';
import { once } from 'node:events';
import { errnoOf } from '../../../../src/platform/fs/errors';
import { listenOnSocket } from '../../../../src/platform/net/socket';

/** Listens on the path given, then opens files until there are no descriptors left. */
async function main(path: string): Promise<void> {
  await listenOnSocket({
    path,
    onConnection: (peer) => {
      peer.on('error', () => undefined);
      peer.write('welcome');
    },
  });
  // Opened before there is no room for them.
  process.stdin.resume();
  process.stdout.write('');
  const files = await openAll();
  console.log('exhausted');
  await once(process.stdin, 'data');
  await Promise.all(files.map((file) => file.close()));
  console.log('room');
}

async function openAll(): Promise<FileHandle[]> {
  const files: FileHandle[] = [];
  for (;;) {
    try {
      files.push(await open(process.execPath, 'r'));
    } catch (error) {
      if (errnoOf(error) === 'EMFILE') {
        return files;
      }
      throw error;
    }
  }
}

main(process.argv[2] ?? '').catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
