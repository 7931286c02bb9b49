module.exports = {
  require: ['tsx/cjs'],
  extension: ['ts'],
  reporter: 'test/support/laneReporter.cjs',
  timeout: 10000,
  // A test that leaves a socket or a timer behind is a bug; exiting by force would hide it.
  exit: false,
  forbidOnly: true,
};
