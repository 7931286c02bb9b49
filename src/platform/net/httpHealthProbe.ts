import { request as requestHttp, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';
import { performance } from 'node:perf_hooks';
import type { HealthAnswer, HealthProbe, HealthTarget } from '../../core/host/interfaces';

/** For connecting, on both addresses, and for the head of the answer. */
const HEALTH_DEADLINE_MS = 5_000;

/** More than any proper answer has; Node would read this much for each connection. */
const MAX_HEADER_BYTES = 16 * 1024;

export interface HttpHealthProbeOptions {
  readonly deadlineMs: number;
}

/**
 * One GET on a connection of its own. 2xx and 3xx are well; a redirect is an answer and is never
 * followed, so that requests never leave this machine. Only the head of the answer is read.
 * Certificates are not verified: on loopback there is no one in between, and development servers
 * sign their own.
 */
export class HttpHealthProbe implements HealthProbe {
  readonly #deadlineMs: number;

  constructor(options: HttpHealthProbeOptions = { deadlineMs: HEALTH_DEADLINE_MS }) {
    this.#deadlineMs = options.deadlineMs;
  }

  async check(target: HealthTarget): Promise<HealthAnswer> {
    const place = placeOf(target);
    if (place === undefined) {
      const { health } = target;
      return { ok: false, reason: `${JSON.stringify(health)} is no URL of this machine` };
    }
    const started = performance.now();
    const deadline = AbortSignal.timeout(this.#deadlineMs);
    for (const address of place.addresses) {
      const outcome = await get(place, address, deadline);
      if (outcome.kind === 'answered') {
        const { status } = outcome;
        const ms = Math.round(performance.now() - started);
        return status >= 200 && status < 400
          ? { ok: true, status, ms }
          : { ok: false, reason: `it answered ${status}` };
      }
      if (deadline.aborted) {
        const seconds = this.#deadlineMs / 1000;
        return { ok: false, reason: `it did not answer within ${seconds} s` };
      }
      if (outcome.kind === 'failed') {
        return { ok: false, reason: outcome.reason };
      }
    }
    return { ok: false, reason: noListenerAt(place) };
  }
}

function noListenerAt({ addresses, port }: Place): string {
  const hosts = addresses.map((address) => (address.includes(':') ? `[${address}]` : address));
  return `nobody answers on ${hosts.map((host) => `${host}:${port}`).join(' or ')}`;
}

interface Place {
  readonly secure: boolean;
  /** Tried in turn until one has a listener. */
  readonly addresses: readonly string[];
  readonly port: number;
  /** As a browser would name it. */
  readonly host: string;
  /** With the query; encoded. */
  readonly path: string;
}

/** Undefined for what is not of this machine: a plan is a file that others may have written. */
function placeOf({ port, health, secure }: HealthTarget): Place | undefined {
  const scheme = secure ? 'https' : 'http';
  const text = health.startsWith('/') ? `${scheme}://localhost:${port}${health}` : health;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const addresses = url === undefined ? undefined : addressesOf(url.hostname);
  if (url === undefined || addresses === undefined || !/^https?:$/.test(url.protocol)) {
    return undefined;
  }
  const isHttps = url.protocol === 'https:';
  return {
    secure: isHttps,
    addresses,
    port: url.port === '' ? (isHttps ? 443 : 80) : Number(url.port),
    host: url.host,
    path: `${url.pathname}${url.search}`,
  };
}

/** No name is ever looked up: what `localhost` means to the resolver does not matter. */
function addressesOf(hostname: string): readonly string[] | undefined {
  if (hostname === 'localhost') {
    return ['127.0.0.1', '::1'];
  }
  if (hostname === '[::1]') {
    return ['::1'];
  }
  return /^127(?:\.\d{1,3}){3}$/.test(hostname) ? [hostname] : undefined;
}

type Outcome =
  | { readonly kind: 'answered'; readonly status: number }
  /** No listener there, or no such address: a machine without IPv6. */
  | { readonly kind: 'no-listener' }
  | { readonly kind: 'failed'; readonly reason: string };

function get(place: Place, address: string, signal: AbortSignal): Promise<Outcome> {
  const options: RequestOptions = {
    host: address,
    port: place.port,
    path: place.path,
    method: 'GET',
    // A connection of its own that ends with the answer: nothing is left open.
    agent: false,
    headers: { Host: place.host, Accept: '*/*', Connection: 'close', 'User-Agent': 'Styxy' },
    maxHeaderSize: MAX_HEADER_BYTES,
    insecureHTTPParser: false,
    signal,
  };
  return new Promise((resolve) => {
    const onResponse = (response: IncomingMessage): void => {
      resolve({ kind: 'answered', status: response.statusCode ?? 0 });
      response.destroy();
    };
    const request = place.secure
      ? requestHttps({ ...options, servername: 'localhost', rejectUnauthorized: false })
      : requestHttp(options);
    request.on('response', onResponse);
    // A server that changes the protocol unasked.
    request.on('upgrade', (response, socket) => {
      onResponse(response);
      socket.destroy();
    });
    request.on('error', (error) => resolve(failureOf(error)));
    request.on('close', () => resolve(failureOf(undefined)));
    request.end();
  });
}

const NO_LISTENER: ReadonlySet<string> = new Set(['ECONNREFUSED', 'EADDRNOTAVAIL', 'EAFNOSUPPORT']);

/** Only the codes are shown: messages differ between versions of Node. */
function failureOf(error: Error | undefined): Outcome {
  const code = error !== undefined && 'code' in error ? String(error.code) : '';
  return NO_LISTENER.has(code)
    ? { kind: 'no-listener' }
    : { kind: 'failed', reason: reasonOf(code) };
}

function reasonOf(code: string): string {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return `the head of its answer is longer than ${MAX_HEADER_BYTES / 1024} KiB`;
  }
  if (code.startsWith('HPE_')) {
    return `it does not speak HTTP (${code})`;
  }
  if (code === '' || code === 'ECONNRESET' || code === 'EPIPE') {
    return 'it closed the connection without an answer';
  }
  return code.includes('SSL') || code.includes('TLS') || code === 'EPROTO'
    ? `no secure connection could be made (${code})`
    : `it could not be asked (${code})`;
}
