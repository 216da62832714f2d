/** One entry of a Link header: where to, and its parameters by their names in small letters. */
export interface Link {
  readonly target: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** The entries of a Link header (RFC 8288). What is not one is skipped. */
export function links(header: string | null): Link[] {
  return [...(header ?? '').matchAll(/<([^<>]*)>((?:[^",]|"(?:[^"\\]|\\.)*")*)/g)].map(
    ([, target = '', rest = '']) => ({ target, parameters: parametersIn(rest) }),
  );
}

function parametersIn(text: string): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const [, name = '', quoted, bare] of text.matchAll(/;\s*([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;]+))/g)) {
    parameters.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? bare ?? '');
  }
  return parameters;
}
