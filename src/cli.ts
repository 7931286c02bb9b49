#!/usr/bin/env node
import { main } from './cli/entry/main';

void main();
