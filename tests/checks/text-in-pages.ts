import { type AST, parse } from 'svelte/compiler';
import ts from 'typescript';

/** Attributes that somebody reads or hears, on elements; on components every attribute that looks like words. */
const READ = new Set([
  'alt',
  'aria-label',
  'aria-description',
  'aria-roledescription',
  'aria-valuetext',
  'placeholder',
  'title',
]);
const READ_CONTENT = /^(?:description|og:title|og:description|og:site_name|og:image:alt)$/;

interface Node {
  readonly type: string;
  readonly start: number;
  readonly [field: string]: unknown;
}

/** Text that a component shows and that is not taken from the words: what it is and where it stands. */
export function textInComponent(source: string): string[] {
  const { fragment, instance, module } = parse(source, { modern: true });
  const found = textsIn(fragment as unknown as Node, source);
  const scripts = [instance, module].filter((script): script is AST.Script => Boolean(script));
  return [
    ...found,
    ...scripts.flatMap(({ content }) => sentencesIn(source.slice(spanOf(content).start, spanOf(content).end))),
  ];
}

const spanOf = (node: unknown) => node as { readonly start: number; readonly end: number };

function textsIn(node: Node, source: string): string[] {
  switch (node.type) {
    case 'Text':
      return withLetters(String(node['data']));
    case 'ExpressionTag':
      return shownBy(node['expression'] as Node);
    case 'Attribute':
      return [];
    case 'Component':
      return [
        ...attributesOf(node).flatMap((one) => valuesOf(one).filter(looksLikeWords)),
        ...childrenOf(node, source),
      ];
    case 'RegularElement':
    case 'SvelteElement': {
      if (node['name'] === 'style' || node['name'] === 'script') return [];
      const attributes = attributesOf(node);
      const name = attributes.flatMap((one) =>
        ['name', 'property'].includes(String(one['name'])) ? valuesOf(one) : [],
      );
      const isRead = (one: Node) =>
        READ.has(String(one['name'])) || (one['name'] === 'content' && name.some((value) => READ_CONTENT.test(value)));
      return [...attributes.filter(isRead).flatMap(valuesOf), ...childrenOf(node, source)];
    }
    default:
      return childrenOf(node, source);
  }
}

function childrenOf(node: Node, source: string): string[] {
  const fields = ['fragment', 'nodes', 'consequent', 'alternate', 'body', 'fallback', 'pending', 'then', 'catch'];
  return fields.flatMap((field) =>
    [node[field]]
      .flat()
      .filter(isNode)
      .flatMap((child) => textsIn(child, source)),
  );
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value;

const attributesOf = (node: Node) => (node['attributes'] as Node[]).filter(({ type }) => type === 'Attribute');

function valuesOf(attribute: Node): string[] {
  return [attribute['value']]
    .flat()
    .filter(isNode)
    .flatMap((part) =>
      part.type === 'Text' ? withLetters(String(part['data'])) : shownBy(part['expression'] as Node),
    );
}

/** The words that an expression may come to, when it is shown as it is. */
function shownBy(expression: Node): string[] {
  const from = (...fields: string[]) =>
    fields.flatMap((field) => [expression[field]].flat().filter(isNode).flatMap(shownBy));
  switch (expression.type) {
    case 'Literal':
      return typeof expression['value'] === 'string' ? withLetters(expression['value']) : [];
    case 'TemplateLiteral':
      return [
        ...(expression['quasis'] as { value: { cooked: string } }[]).flatMap(({ value }) => withLetters(value.cooked)),
        ...from('expressions'),
      ];
    case 'ConditionalExpression':
      return from('consequent', 'alternate');
    case 'LogicalExpression':
      return from('left', 'right');
    case 'BinaryExpression':
      return expression['operator'] === '+' ? from('left', 'right') : [];
    default:
      return [];
  }
}

const withLetters = (text: string) => (/\p{L}/u.test(text) ? [text.trim()] : []);

/** Rather than a name that the code uses: `Show more` and `Title`, not `image/png` or `flex gap-2`. */
const looksLikeWords = (text: string) => /^\P{L}*\p{Lu}[\p{L}'’]*(?:\P{L}|$)/u.test(text) && /\p{Ll}/u.test(text);

/** Several words: one alone may as well be the name of a key or of a class. */
const looksLikeSentence = (text: string) => looksLikeWords(text) && /\p{L}[.!?…,:]?\s+\p{L}/u.test(text);

/** String literals of a script that read as sentences. */
export function sentencesIn(script: string): string[] {
  const found: string[] = [];
  const look = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isTypeNode(node)) return;
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) found.push(node.text);
    else if (ts.isTemplateExpression(node)) {
      found.push([node.head, ...node.templateSpans.map(({ literal }) => literal)].map(({ text }) => text).join('…'));
    }
    ts.forEachChild(node, look);
  };
  look(ts.createSourceFile('script.ts', script, ts.ScriptTarget.Latest, true));
  return found.filter(looksLikeSentence);
}
