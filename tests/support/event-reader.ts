export interface ReadEvent {
  readonly name: string;
  readonly data: unknown;
  readonly id?: string;
}

/** Reads an answer of server-sent events, one by one. */
export class EventReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder = new TextDecoder();
  #text = '';

  constructor(response: Response) {
    if (!response.body) throw new Error('the answer has no body');
    this.#reader = response.body.getReader();
  }

  /** The next event, comments left out; `undefined` at the end of the stream. */
  async next(): Promise<ReadEvent | undefined> {
    for (;;) {
      const end = this.#text.indexOf('\n\n');
      if (end >= 0) {
        const block = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 2);
        const event = parse(block);
        if (event) return event;
        continue;
      }
      const { value, done } = await this.#reader.read();
      if (done) return undefined;
      this.#text += this.#decoder.decode(value, { stream: true });
    }
  }

  /** So many events, in their order. */
  async take(count: number): Promise<(ReadEvent | undefined)[]> {
    const events: (ReadEvent | undefined)[] = [];
    while (events.length < count) events.push(await this.next());
    return events;
  }

  /** As a reader goes away. */
  async close(): Promise<void> {
    await this.#reader.cancel();
  }
}

/** Throws unless the data stands on one line, after an id that some events have. */
function parse(block: string): ReadEvent | undefined {
  const lines = block.split('\n').filter((line) => !line.startsWith(':'));
  if (lines.length === 0) return undefined;
  const id = lines[0]?.startsWith('id: ') ? lines.shift()?.slice(4) : undefined;
  const [event, data, ...more] = lines;
  if (!event?.startsWith('event: ') || !data?.startsWith('data: ') || more.length > 0) {
    throw new Error(`not an event with its data on one line:\n${block}`);
  }
  return { name: event.slice(7), data: JSON.parse(data.slice(6)), ...(id !== undefined && { id }) };
}
