/** How many of a type there are on a machine. */
export type InstanceBehavior =
  /** As many as are asked for. */
  | 'multi'
  /** One for the type. */
  | 'single'
  /** One for each service name of the type. */
  | 'single_per_service';

/** What speaks on the port; `tcp` has no URL. */
export const PROTOCOLS = ['http', 'https', 'tcp'] as const;

export type Protocol = (typeof PROTOCOLS)[number];

/** Both ends belong to it. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

export interface ServiceType {
  readonly name: string;
  readonly range: PortRange;
  /** Tried first, in this order. Inside the range, or the configuration warns of it. */
  readonly preferred: readonly number[];
  readonly instanceBehavior: InstanceBehavior;
  /** What a service of the type speaks unless its plan says otherwise. */
  readonly protocol: Protocol;
  /** One sentence for people who choose a type. */
  readonly description: string;
  /** Names of programs that fit. */
  readonly examples: readonly string[];
  /** Where the type comes from. */
  readonly origin: 'built-in' | 'configured' | 'auto-allocated';
}

/** The service types in force, by name, in the order in which people see them. */
export type Catalogue = ReadonlyMap<string, ServiceType>;

/** A type of the same name later in the list replaces the earlier one, in its place. */
export function catalogueOf(types: Iterable<ServiceType>): Catalogue {
  return new Map([...types].map((type) => [type.name, type]));
}

/** How many ports a range without preferred ones prefers, and how many a built-in type has. */
const PREFERRED_COUNT = 4;

/** The first four ports of a range, or all if it has fewer. */
export function firstOf({ first, last }: PortRange): readonly number[] {
  const count = Math.min(PREFERRED_COUNT, last - first + 1);
  return Array.from({ length: count }, (_, index) => first + index);
}

function builtIn(
  name: string,
  range: readonly [first: number, last: number],
  firstPreferred: number,
  description: string,
  examples: readonly string[],
  more: Partial<Pick<ServiceType, 'instanceBehavior' | 'protocol'>> = {},
): ServiceType {
  return {
    name,
    range: { first: range[0], last: range[1] },
    preferred: Array.from({ length: PREFERRED_COUNT }, (_, index) => firstPreferred + index),
    instanceBehavior: 'multi',
    protocol: 'http',
    description,
    examples,
    origin: 'built-in',
    ...more,
  };
}

/** The seventeen types. Ranges and first ports are those of the original Styxy. */
export const BUILT_IN_CATALOGUE: Catalogue = catalogueOf([
  builtIn('dev', [3000, 3099], 3000, 'Development server of a web front end', [
    'Vite',
    'Next.js',
    'Nuxt',
    'webpack-dev-server',
  ]),
  builtIn('api', [8000, 8099], 8000, 'Back end that answers requests', [
    'Express',
    'FastAPI',
    'Django',
    'Spring Boot',
  ]),
  builtIn(
    'database',
    [5430, 5499],
    5430,
    'Database that only this project uses',
    ['PostgreSQL', 'MySQL', 'MongoDB'],
    { protocol: 'tcp' },
  ),
  builtIn('auth', [9099, 9199], 9099, 'Sign-in, sessions and identity', [
    'Keycloak',
    'Ory Kratos',
    'Firebase Auth emulator',
  ]),
  builtIn('functions', [5000, 5099], 5001, 'Serverless functions, run locally', [
    'Cloud Functions emulator',
    'Azure Functions Core Tools',
    'SAM local',
  ]),
  builtIn('ui', [4000, 4099], 4000, 'Console or dashboard of another tool', [
    'Emulator suite UI',
    'pgAdmin',
    'Adminer',
  ]),
  builtIn('hub', [4400, 4499], 4400, 'Where emulators and workers find each other', [
    'Firebase emulator hub',
    'Selenium Grid hub',
  ]),
  builtIn('storybook', [6006, 6029], 6006, 'Workbench for interface components', [
    'Storybook',
    'Ladle',
    'Histoire',
  ]),
  builtIn('test', [9200, 9299], 9200, 'Server that a test run starts and stops', [
    'Playwright web server',
    'Cypress',
    'Karma',
  ]),
  builtIn('proxy', [8100, 8199], 8100, 'Proxy or gateway in front of other services', [
    'nginx',
    'Caddy',
    'Traefik',
    'Envoy',
  ]),
  builtIn('docs', [4100, 4199], 4100, 'Documentation with live preview', [
    'Docusaurus',
    'MkDocs',
    'VitePress',
  ]),
  builtIn('monitoring', [3100, 3199], 3100, 'Metrics, logs and traces', [
    'Grafana',
    'Prometheus',
    'Jaeger',
  ]),
  builtIn('build', [8200, 8299], 8200, 'Build that keeps running and serves its output', [
    'esbuild --serve',
    'Bazel',
    'Metro',
  ]),
  builtIn(
    'infrastructure',
    [6370, 6399],
    6370,
    'Cache or key-value store beside the application',
    ['Redis', 'Valkey', 'KeyDB'],
    { protocol: 'tcp' },
  ),
  builtIn(
    'ai',
    [11_400, 11_499],
    11_430,
    'Model server or retrieval service, shared by all workspaces',
    ['Ollama', 'llama.cpp server', 'Chroma'],
    { instanceBehavior: 'single_per_service' },
  ),
  builtIn('messaging', [9050, 9098], 9050, 'Queue or event stream', ['Kafka', 'NATS', 'RabbitMQ'], {
    protocol: 'tcp',
  }),
  builtIn('coordination', [9870, 9899], 9870, 'Discovery, locks and schedulers', [
    'Consul',
    'etcd',
    'Temporal',
  ]),
]);
