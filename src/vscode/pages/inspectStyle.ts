/** The page in the editor's own colours and fonts, high contrast included. */
export const INSPECT_STYLE = `
body { font-size: var(--vscode-font-size); line-height: 1.5; padding: 0; }
main { max-width: 46rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
header { display: flex; align-items: center; gap: 1.5rem; }
header p { margin: 0; }
h1 { font-size: 1.5em; font-weight: 600; margin: 0 0 .25rem; }
h2 { font-size: 1em; font-weight: 600; margin: 0 0 .4rem; }
.port { font-size: 3em; font-weight: 300; line-height: 1; font-variant-numeric: tabular-nums; }
.state { border: 1px solid currentColor; border-radius: 1em; padding: 0 .6em; margin-right: .4em;
  font-size: .9em; color: var(--vscode-descriptionForeground); white-space: nowrap; }
.state.listening { color: var(--vscode-charts-green, currentColor); }
.state.down { color: var(--vscode-list-warningForeground, currentColor); }
.state.conflict { color: var(--vscode-list-errorForeground, currentColor); }
nav { display: flex; flex-wrap: wrap; gap: .5rem; margin-top: 1.25rem; }
nav a { padding: .2rem .8rem; border-radius: 2px; text-decoration: none;
  color: var(--vscode-button-secondaryForeground);
  background: var(--vscode-button-secondaryBackground);
  border: 1px solid var(--vscode-contrastBorder, var(--vscode-button-secondaryBorder,
    var(--vscode-widget-border, transparent))); }
nav a.first { color: var(--vscode-button-foreground); background: var(--vscode-button-background);
  border-color: var(--vscode-contrastBorder, transparent); }
nav a:hover { background: var(--vscode-button-secondaryHoverBackground); }
nav a.first:hover { background: var(--vscode-button-hoverBackground); }
a:focus-visible { outline: 1px solid var(--vscode-focusBorder); outline-offset: 2px; }
section { margin-top: 1.75rem; }
section > p { margin: 0; }
table { width: 100%; border-collapse: collapse; }
th, td { text-align: left; vertical-align: top; padding: .3rem 1rem .3rem 0;
  border-top: 1px solid var(--vscode-widget-border, var(--vscode-panel-border)); }
th { width: 9rem; font-weight: normal; color: var(--vscode-descriptionForeground); }
td { overflow-wrap: anywhere; }
.history td:first-child { white-space: nowrap; width: 9rem;
  color: var(--vscode-descriptionForeground); }
.history td.quiet { width: 25%; }
.lately td:nth-child(2) { white-space: nowrap; width: 5rem; }
ul { list-style: none; margin: 0; padding: 0; }
code { font-family: var(--vscode-editor-font-family); background: none; color: inherit; padding: 0; }
.quiet, footer { color: var(--vscode-descriptionForeground); }
.finding.forbidden { color: var(--vscode-list-warningForeground, currentColor); }
footer { margin-top: 2rem; font-size: .9em; }
`;
