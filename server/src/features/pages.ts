/** Where the project's documentation is published. */
const documentation = 'https://github.com/cmodx/cmodx/blob/main/docs';

/** The page that explains a diagnostic's code: `docs/diagnostics/CODE.md`. */
export function diagnosticPage(code: string): string {
  return `${documentation}/diagnostics/${encodeURIComponent(code)}.md`;
}
