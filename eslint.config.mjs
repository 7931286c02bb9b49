import tseslint from 'typescript-eslint';

/**
 * The house rule of who may know whom. A folder may import what is listed for it and itself;
 * everything else under `src/` is out of bounds, and so is what `packages` names.
 */
const LAYERS = ['core', 'platform', 'coordinator', 'vscode', 'cli', 'http', 'mcp'];
const MAY_IMPORT = {
  core: [],
  platform: ['core'],
  coordinator: ['core', 'platform'],
  vscode: ['core', 'platform', 'coordinator'],
  cli: ['core', 'platform', 'coordinator'],
  http: ['core', 'platform', 'coordinator'],
  mcp: ['core', 'platform', 'coordinator'],
};

function layerRules(layer) {
  const forbidden = LAYERS.filter((other) => other !== layer && !MAY_IMPORT[layer].includes(other));
  const group = forbidden.flatMap((other) => [
    `../${other}/**`,
    `../../${other}/**`,
    `../../../${other}/**`,
  ]);
  const patterns = [
    {
      group,
      message: `src/${layer} may import only: ${MAY_IMPORT[layer].join(', ') || 'itself'}.`,
    },
    { group: ['**/src/*'], message: 'Import a module, not the source tree.' },
  ];
  const paths = [];
  if (layer !== 'vscode') {
    paths.push({
      name: 'vscode',
      message: 'Only src/vscode and src/extension.ts know the editor.',
    });
  }
  if (layer === 'core') {
    patterns.push({
      group: ['node:*'],
      message: 'src/core is pure: no I/O and no clock of its own.',
    });
  }
  return {
    files: [`src/${layer}/**/*.ts`],
    rules: {
      '@typescript-eslint/no-restricted-imports': ['error', { patterns, paths }],
      'no-restricted-syntax': [
        'error',
        { selector: 'ImportExpression', message: 'No dynamic import across the layers.' },
        { selector: "CallExpression[callee.name='require']", message: 'Use a static import.' },
        { selector: 'TSEnumDeclaration', message: 'Use a union of string literals.' },
        ...(layer === 'core' ? PURITY : []),
      ],
    },
  };
}

/** In core, time and chance come in through interfaces. */
const PURITY = [
  {
    selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: 'Take a Clock.',
  },
  {
    selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']",
    message: 'Take Ids.',
  },
  { selector: "CallExpression[callee.name='setTimeout']", message: 'Take a Clock.' },
];

export default tseslint.config(
  {
    ignores: [
      'dist/**',
      'out/**',
      '.vscode-test/**',
      '.styxy-start/**',
      'coverage/**',
      'out-coverage-*/**',
      'examples/**',
    ],
  },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      'no-empty': 'error',
      eqeqeq: 'error',
    },
  },
  {
    files: ['**/*.cjs'],
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  ...LAYERS.map(layerRules),
);
