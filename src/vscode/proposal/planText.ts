import { given } from '../../core/domain/schema';
import type { Proposal } from './propose';

const HEAD = `// The services of this workspace. Styxy gives each a port of its own and keeps it;
// a clone or a git worktree gets others from the same plan. Every service may have:
//   "type"   where its port is looked for          "port"   the port it gets if that is free
//   "exact"  true: that port or none               "env"    variables that carry the port
//   "health" a path that must answer, "/healthz"   "protocol" "http", "https" or "tcp"
`;

const FOOT = `  // Dotenv files with the ports. Styxy asks before it writes them:
  // "files": { ".env.local": { "EXAMPLE_URL": "http://localhost:\${NAME}" } }
`;

/** The text of a new plan, with comments that say what can be in it. */
export function planText(proposals: readonly Proposal[]): string {
  const [first] = proposals;
  const services = proposals.map(({ service, type, port, env }) => {
    const fields = given({ type, port, env: env === undefined ? undefined : [env] });
    return `    ${JSON.stringify(service)}: ${oneLine(fields)}`;
  });
  const body = services.length === 0 ? '' : `\n${services.join(',\n')}\n  `;
  const foot = FOOT.replace('NAME', () => first?.service ?? 'web');
  return `${HEAD}{\n  "services": {${body}},\n${foot}}\n`;
}

/** `{ "type": "dev", "env": ["PORT"] }`. */
function oneLine(fields: object): string {
  const members = Object.entries(fields).map(
    ([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`,
  );
  return `{ ${members.join(', ')} }`;
}
