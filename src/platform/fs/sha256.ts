import { createHash } from 'node:crypto';
import type { Digest } from '../../core/host/interfaces';

/** SHA-256 of the text's UTF-8 bytes, in lower-case hex. */
export const sha256: Digest = (text) => createHash('sha256').update(text, 'utf8').digest('hex');
