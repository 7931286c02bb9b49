import type { Coordinator } from '../../core/messages/coordinator';
import { shortPath } from '../run/text';
import type { Run } from '../run/run';
import { plain } from '../../core/domain/describe';

/**
 * Says that `config.json` has errors and what is in force instead. Also for who reads JSON: another
 * port than the file would give has to be explained.
 */
export function tellProblems(run: Run, coordinator: Pick<Coordinator, 'snapshot'>): void {
  const configuration = coordinator.snapshot?.configuration;
  const error = configuration?.problems.find(({ severity }) => severity === 'error');
  if (configuration !== undefined && error !== undefined) {
    const path = shortPath(configuration.path, run.userHome);
    run.terminal.note(
      plain(
        `${path} has errors, so what was read before stays in force, or the defaults. ` +
          `${error.message} "styxy config validate" shows all of it.`,
      ),
    );
  }
}
