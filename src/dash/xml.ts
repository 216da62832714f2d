export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** An element of XML; attributes that are `undefined` are left out. Children are elements already. */
export function element(name: string, attributes: Attributes = {}, children: readonly string[] = []): string {
  const written = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [` ${key}="${escaped(String(value))}"`],
  );
  const head = `${name}${written.join('')}`;
  return children.length > 0 ? `<${head}>${children.join('')}</${name}>` : `<${head}/>`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(value: string): string {
  return value.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}
