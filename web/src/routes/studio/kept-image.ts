const DATABASE = 'freshet-studio';
const STORE = 'pictures';
const KEY = 'image';

/** The picture of the image scene, which this browser remembers. */
export const keptImage = {
  async read(): Promise<Blob | undefined> {
    const found: unknown = await inStore('readonly', (store) => store.get(KEY));
    return found instanceof Blob ? found : undefined;
  },

  async write(image: Blob): Promise<void> {
    await inStore('readwrite', (store) => store.put(image, KEY));
  },
};

async function inStore<T>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  const database = await settled(opening);
  try {
    return await settled(ask(database.transaction(STORE, mode).objectStore(STORE)));
  } finally {
    database.close();
  }
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
