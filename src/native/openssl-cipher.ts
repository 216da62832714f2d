/** OpenSSL's EVP ciphers and MACs, as SRTP uses them. Every function takes addresses; 1 is success. */
import { bind } from './library.ts';

export const GCM_GET_TAG = 16;
export const GCM_SET_TAG = 17;

export const fetchCipher = bind<(context: number, name: string, properties: null) => number>(
  'uint64 EVP_CIPHER_fetch(uint64 context, str name, str properties)',
);
/** Freed by `freeCipherContext`. */
export const newCipherContext = bind<() => number>('uint64 EVP_CIPHER_CTX_new()');
export const freeCipherContext = bind<(context: number) => void>('void EVP_CIPHER_CTX_free(uint64 context)');
export const initCipher = bind<
  (context: number, cipher: number, engine: number, key: number, iv: number, isEncrypting: number) => number
>('int EVP_CipherInit_ex(uint64 context, uint64 cipher, uint64 engine, uint64 key, uint64 iv, int enc)');
/** Raw update: output 0 feeds additional data, input 0 finishes. Below 0 is failure. Skips the length pointer of `EVP_CipherUpdate`. */
export const runCipher = bind<(context: number, output: number, input: number, length: number) => number>(
  'int EVP_Cipher(uint64 context, uint64 output, uint64 input, uint32 length)',
);
export const controlCipher = bind<(context: number, command: number, argument: number, pointer: number) => number>(
  'int EVP_CIPHER_CTX_ctrl(uint64 context, int command, int argument, uint64 pointer)',
);

export const sha1 = bind<() => number>('uint64 EVP_sha1()');
/** Freed by `freeHmac`. */
export const newHmac = bind<() => number>('uint64 HMAC_CTX_new()');
export const freeHmac = bind<(context: number) => void>('void HMAC_CTX_free(uint64 context)');
/** Key and digest 0 keep those of before. */
export const initHmac = bind<
  (context: number, key: number, keyLength: number, digest: number, engine: number) => number
>('int HMAC_Init_ex(uint64 context, uint64 key, int keyLength, uint64 digest, uint64 engine)');
export const updateHmac = bind<(context: number, data: number, length: number) => number>(
  'int HMAC_Update(uint64 context, uint64 data, size_t length)',
);
export const finishHmac = bind<(context: number, output: number, lengthOut: number) => number>(
  'int HMAC_Final(uint64 context, uint64 output, uint64 lengthOut)',
);
/** In constant time; 0 is equal. */
export const compareMemory = bind<(a: number, b: number, length: number) => number>(
  'int CRYPTO_memcmp(uint64 a, uint64 b, size_t length)',
);
