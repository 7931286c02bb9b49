/*
 * Who may know whom, from one table. A layer may import the layers named for it. Inside a layer, a
 * folder may import the folders of lower floors, never its neighbours on its own floor: so the
 * folders of a layer form no circle. docs/architecture.md shows the same table with its reasons.
 */

/**
 * The layers, lowest first: the layers each may import, and its floors, lowest first. A layer that
 * has no floors yet is empty or flat.
 */
export const LAYERS = {
  core: {
    may: [],
    floors: [
      ['domain'],
      ['host', 'jsonc'],
      ['config', 'plan', 'election', 'health', 'messages'],
      ['state', 'doctor'],
      ['log', 'allocation', 'audit'],
    ],
  },
  platform: {
    may: ['core'],
    floors: [['fs'], ['os', 'net', 'storage', 'workspace'], ['home'], ['doctor']],
  },
  coordinator: {
    may: ['core', 'platform'],
    floors: [
      ['async', 'session', 'log'],
      ['election', 'lookup', 'membership', 'recovery', 'configuration'],
      ['health', 'node'],
      ['leader'],
      ['wiring'],
    ],
  },
  shared: { may: ['core', 'platform', 'coordinator'], floors: [] },
  vscode: {
    may: ['core', 'platform', 'coordinator', 'shared'],
    floors: [
      ['text', 'proposal'],
      ['window'],
      ['diagnostics', 'pages', 'terminal', 'variables', 'views'],
      ['prompts', 'activation'],
      ['plan'],
      ['commands'],
    ],
  },
  cli: {
    may: ['core', 'platform', 'coordinator', 'shared'],
    floors: [['run'], ['render'], ['target'], ['commands'], ['entry']],
  },
  http: { may: ['core', 'platform', 'coordinator', 'shared'], floors: [] },
  mcp: { may: ['core', 'platform', 'coordinator', 'shared'], floors: [] },
};

function layerRule([layer, { may }]) {
  return {
    name: `layer-${layer}`,
    comment: `src/${layer} may import only: ${[layer, ...may].join(', ')}.`,
    severity: 'error',
    from: { path: `^src/${layer}/` },
    to: { path: '^src/', pathNot: `^src/(${[layer, ...may].join('|')})/` },
  };
}

function floorRules([layer, { floors }]) {
  return floors.flatMap((folders, floor) =>
    folders.map((folder) => {
      const open = [folder, ...floors.slice(0, floor).flat()];
      return {
        name: `floor-${layer}-${folder}`,
        comment: `src/${layer}/${folder} may import only, of its layer: ${open.join(', ')}.`,
        severity: 'error',
        from: { path: `^src/${layer}/${folder}/` },
        to: { path: `^src/${layer}/`, pathNot: `^src/${layer}/(${open.join('|')})/` },
      };
    }),
  );
}

/** A file in no folder, or in a folder that the table does not name, would be under no rule. */
function placeRule([layer, { floors }]) {
  return {
    name: `place-${layer}`,
    comment: `Every file of src/${layer} is in a folder that the table of floors names.`,
    severity: 'error',
    from: { path: `^src/${layer}/`, pathNot: `^src/${layer}/(${floors.flat().join('|')})/` },
    to: {},
  };
}

const layers = Object.entries(LAYERS);

export default {
  forbidden: [
    {
      name: 'no-circle',
      comment: 'No circle of files, of types neither.',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true },
    },
    {
      name: 'no-circle-of-folders',
      comment: 'No circle of folders, of types neither.',
      severity: 'error',
      scope: 'folder',
      from: { path: '^src/' },
      to: { circular: true },
    },
    {
      name: 'layer-known',
      comment: 'A file below src is an entry or in a layer that the table names.',
      severity: 'error',
      from: { path: '^src/[^/]+/', pathNot: `^src/(${Object.keys(LAYERS).join('|')})/` },
      to: {},
    },
    ...layers.map(layerRule),
    ...layers.flatMap(floorRules),
    ...layers.filter(([, { floors }]) => floors.length > 0).map(placeRule),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    includeOnly: '^src/',
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
