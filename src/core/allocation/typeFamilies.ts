/** Which service types belong together: `smart` puts the range of a new one near its relatives. */

/** Words that many programs of one kind are called by, by the catalogue type of that kind. */
const RELATIVES: Readonly<Record<string, readonly string[]>> = {
  monitoring: [
    'alertmanager',
    'grafana',
    'jaeger',
    'kibana',
    'loki',
    'metrics',
    'otel',
    'prometheus',
    'tempo',
    'zipkin',
  ],
  database: [
    'cassandra',
    'clickhouse',
    'cockroach',
    'db',
    'mariadb',
    'mongo',
    'mongodb',
    'mysql',
    'neo4j',
    'pg',
    'postgres',
    'postgresql',
    'redis',
  ],
  messaging: ['activemq', 'kafka', 'mqtt', 'nats', 'pulsar', 'queue', 'rabbitmq', 'redpanda'],
  ai: [
    'chroma',
    'embedding',
    'llama',
    'llm',
    'milvus',
    'ollama',
    'qdrant',
    'rag',
    'vector',
    'vllm',
  ],
};

const FAMILY_BY_WORD: ReadonlyMap<string, string> = new Map(
  Object.entries(RELATIVES).flatMap(([family, words]) => words.map((word) => [word, family])),
);

/**
 * The family of a type: what its first word is known for, else that word itself, so that
 * `shop-web` and `shop.api` are relatives. Words end at `-`, `_` and `.`; case does not count.
 */
export function familyOf(name: string): string {
  const word = name.toLowerCase().replace(/[-_.].*$/, '');
  return FAMILY_BY_WORD.get(word) ?? word;
}
