import tseslint from 'typescript-eslint';

/** Who may import whom is the table of `.dependency-cruiser.mjs`; here is what else a layer may not. */
const LAYERS = ['core', 'platform', 'coordinator', 'shared', 'vscode', 'cli', 'http', 'mcp'];

function layerRules(layer) {
  const restricted = {
    patterns: layer === 'core' ? [{ group: ['node:*'], message: CORE_IS_PURE }] : [],
    paths:
      layer === 'vscode'
        ? []
        : [{ name: 'vscode', message: 'Only src/vscode and src/extension.ts know the editor.' }],
  };
  return {
    files: [`src/${layer}/**/*.ts`],
    rules: {
      '@typescript-eslint/no-restricted-imports': ['error', restricted],
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

const CORE_IS_PURE = 'src/core is pure: no I/O and no clock of its own.';

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
      'no-duplicate-imports': 'error',
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
