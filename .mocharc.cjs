module.exports = {
  require: ['tsx/cjs'],
  extension: ['ts'],
  reporter: 'test/support/laneReporter.cjs',
  // Reached only by what hangs: a machine that stands still for seconds fails nothing.
  timeout: 60000,
  // A test that leaves a socket or a timer behind is a bug; exiting by force would hide it.
  exit: false,
  forbidOnly: true,
};
