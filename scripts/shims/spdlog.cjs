'use strict';

const { appendFileSync, mkdirSync } = require('node:fs');
const { dirname } = require('node:path');

/*
 * Stands in for `@vscode/spdlog` in the test host: the original is native code that needs a
 * compiler to install. Output channels are files written through it, so it cannot be left out.
 */

const NAMES = ['trace', 'debug', 'info', 'warning', 'error', 'critical'];

class Logger {
  constructor(_type, _name, file) {
    mkdirSync(dirname(file), { recursive: true });
    this.file = file;
    this.level = 2;
    this.formatted = false;
    NAMES.forEach((name, level) => {
      this[name === 'warning' ? 'warn' : name] = (message) => this.write(level, message);
    });
  }

  write(level, message) {
    if (level >= this.level) {
      const time = new Date().toISOString().replace('T', ' ').replace('Z', '');
      const text = this.formatted ? `${time} [${NAMES[level]}] ${message}\n` : message;
      appendFileSync(this.file, text);
    }
  }

  getLevel() {
    return this.level;
  }

  setLevel(level) {
    this.level = level;
  }

  setPattern() {
    this.formatted = true;
  }

  clearFormatters() {
    this.formatted = false;
  }

  flush() {}

  drop() {}
}

const create = async (name, file) => new Logger('rotating', name, file);

// One assignment each: the editor imports this as an ES module, which sees only such exports.
exports.version = 0;
exports.setLevel = () => {};
exports.setFlushOn = () => {};
exports.Logger = Logger;
exports.createRotatingLogger = create;
exports.createAsyncRotatingLogger = create;
