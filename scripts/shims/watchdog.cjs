'use strict';

/*
 * Stands in for `@vscode/native-watchdog` in the test host: the original is native code that needs
 * a compiler to install. It ends an extension host whose server has gone.
 */

const PARENT_GONE = 87;
const CHECK_INTERVAL_MS = 1_000;

// One assignment each: the editor imports this as an ES module, which sees only such exports.
exports.start = (pid) => {
  setInterval(() => {
    try {
      process.kill(pid, 0);
    } catch {
      process.exit(PARENT_GONE);
    }
  }, CHECK_INTERVAL_MS).unref();
};

exports.exit = (code) => process.exit(code || 0);
