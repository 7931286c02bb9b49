import { isRecord } from '../../core/domain/errors';
import { environmentName, isPort, isServiceName } from '../../core/domain/names';
import { given, parsedJson } from '../../core/domain/schema';
import { composeServices } from './compose';

/** What a folder contains, as far as it says something about its services. */
export interface FolderContent {
  readonly packages: readonly {
    /** Name of the package's folder; undefined for the root. */
    readonly folder?: string;
    readonly text: string;
  }[];
  /** Texts of Compose files. */
  readonly compose: readonly string[];
  readonly allocations: readonly { readonly service: string; readonly serviceType: string }[];
}

/** Where a proposal comes from. */
export type Origin = 'allocated' | 'package' | 'compose';

export interface Proposal {
  readonly service: string;
  readonly type: string;
  /** The port that the project names, which others may know. */
  readonly port?: number;
  /** Variable that the program reads its port from. */
  readonly env?: string;
  readonly origin: Origin;
  /** What was found there: `vite`, `postgres:16`. */
  readonly found: string;
}

interface Hint {
  /** Names of dependencies. */
  readonly packages: readonly string[];
  readonly service: string;
  readonly type: string;
  /** Set where the program reads it by itself. */
  readonly env?: string;
}

/** The first of each service name that a package has wins. */
const PACKAGE_HINTS: readonly Hint[] = [
  { packages: ['storybook'], service: 'storybook', type: 'storybook' },
  { packages: ['next', 'nuxt', '@remix-run/serve'], service: 'web', type: 'dev', env: 'PORT' },
  { packages: ['react-scripts', 'gatsby'], service: 'web', type: 'dev', env: 'PORT' },
  {
    packages: ['vite', 'astro', '@sveltejs/kit', '@angular/cli', 'webpack-dev-server', 'parcel'],
    service: 'web',
    type: 'dev',
  },
  {
    packages: ['express', 'fastify', '@nestjs/core', 'koa', 'hono', '@hapi/hapi'],
    service: 'api',
    type: 'api',
    env: 'PORT',
  },
  {
    packages: ['@docusaurus/core', 'vitepress', 'vuepress'],
    service: 'docs',
    type: 'docs',
  },
  { packages: ['firebase-tools'], service: 'functions', type: 'functions' },
];

/** What is in the name of a Compose service or its image; the first that fits wins. */
const COMPOSE_HINTS: readonly (readonly [RegExp, string])[] = [
  [/postgres|mysql|mariadb|mongo|mssql|cockroach/, 'database'],
  [/redis|valkey|memcached|minio|elasticsearch|opensearch/, 'infrastructure'],
  [/rabbitmq|kafka|nats|mosquitto|redpanda/, 'messaging'],
  [/zookeeper|etcd|consul/, 'coordination'],
  [/grafana|prometheus|jaeger|loki|tempo/, 'monitoring'],
  [/keycloak|dex|hydra|authentik/, 'auth'],
  [/nginx|traefik|caddy|haproxy|envoy/, 'proxy'],
  [/ollama|vllm|localai|llama/, 'ai'],
  [/storybook/, 'storybook'],
  [/docs/, 'docs'],
  [/api|server|backend/, 'api'],
];

/**
 * Services that the folder seems to have: what is allocated, then what is found. Of those whose
 * variables would have one name, as a plan does not allow, the first.
 */
export function proposeServices(content: FolderContent): readonly Proposal[] {
  const all = [
    ...content.allocations.map(({ service, serviceType }): Proposal => ({
      service,
      type: serviceType,
      origin: 'allocated',
      found: serviceType,
    })),
    ...content.packages.flatMap(fromPackage),
    ...content.compose.flatMap(fromCompose),
  ];
  const byName = new Map<string, Proposal>();
  const variables = new Set<string>();
  const ports = new Set<number>();
  for (const proposal of all) {
    const name = environmentName(proposal.service);
    if (isServiceName(proposal.service) && !byName.has(name)) {
      const env = firstOnly(proposal.env, variables);
      byName.set(name, given({ ...proposal, env, port: firstOnly(proposal.port, ports) }));
    }
  }
  return [...byName.values()];
}

/** No two services of a plan have one port, or one variable. */
function firstOnly<T>(value: T | undefined, taken: Set<T>): T | undefined {
  if (value === undefined || taken.has(value)) {
    return undefined;
  }
  taken.add(value);
  return value;
}

function fromPackage({ folder, text }: FolderContent['packages'][number]): readonly Proposal[] {
  const json = recordOf(parsedJson(text));
  const names = new Set([
    ...Object.keys(recordOf(json.dependencies)),
    ...Object.keys(recordOf(json.devDependencies)),
  ]);
  const scripts = Object.values(recordOf(json.scripts)).filter((it) => typeof it === 'string');
  const found = new Map<string, Proposal>();
  for (const { packages, service, type, env } of PACKAGE_HINTS) {
    const name = packages.find((it) => names.has(it));
    if (name !== undefined && !found.has(service)) {
      const port = portOfScript(scripts, name);
      const origin: Origin = 'package';
      found.set(service, given({ service, type, env, port, origin, found: name }));
    }
  }
  const proposals = [...found.values()];
  if (folder === undefined) {
    return proposals;
  }
  // In a monorepo, the folder's name says more than the framework's.
  return proposals.map((it) => ({
    ...it,
    service: proposals.length === 1 ? folder : `${folder}-${it.service}`,
  }));
}

/** `vite --port 5173`, `next dev -p 4000`, of a script that begins the program. */
function portOfScript(scripts: readonly string[], name: string): number | undefined {
  const program = name.replace(/^@/, '').split('/')[0] ?? name;
  for (const script of scripts.filter((it) => it.includes(program))) {
    const text = /(?:--port[ =]|-p )(\d{1,5})\b/.exec(script)?.[1];
    const port = text === undefined ? undefined : Number(text);
    if (isPort(port)) {
      return port;
    }
  }
  return undefined;
}

function fromCompose(text: string): readonly Proposal[] {
  return composeServices(text).map(({ name, image, port }) => {
    const words = `${name} ${image ?? ''}`.toLowerCase();
    const type = COMPOSE_HINTS.find(([pattern]) => pattern.test(words))?.[1] ?? 'dev';
    return {
      service: name,
      type,
      ...(isPort(port) ? { port } : {}),
      origin: 'compose' as const,
      found: image ?? name,
    };
  });
}

function recordOf(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}
