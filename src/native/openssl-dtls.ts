/** OpenSSL's DTLS, as WebRTC uses it. Pointers are numbers, 1 is success unless said otherwise. Use an SSL from one thread only. */
import { bind } from './library.ts';

export const SSL_ERROR_WANT_READ = 2;
export const VERIFY_PEER_OR_FAIL = 3;
export const DTLS_1_2 = 0xfefd;
export const EVP_PKEY_EC = 408;

/** Arguments of `controlContext`. */
export const CTRL_MODE = 33;
export const CTRL_SESSION_CACHE_MODE = 44;
export const CTRL_MIN_PROTOCOL = 123;
export const MODE_RELEASE_BUFFERS = 0x10;
/** Arguments of `controlSession`. */
export const CTRL_MTU = 17;
export const CTRL_HOST_NAME = 55;
export const CTRL_HANDLE_TIMEOUT = 74;
export const CTRL_BIO_RESET = 1;

export const DANE_WITHOUT_NAME_CHECK = 1;
export const OPTIONS_FOR_WEBRTC =
  0x1000 /* NO_QUERY_MTU */ | 0x4000 /* NO_TICKET */ | 0x4000_0000; /* NO_RENEGOTIATION */

export const dtlsMethod = bind<() => number>('uint64 DTLS_method()');
export const newContext = bind<(method: number) => number>('uint64 SSL_CTX_new(uint64 method)');
export const freeContext = bind<(context: number) => void>('void SSL_CTX_free(uint64 context)');
export const controlContext = bind<(context: number, command: number, argument: number, pointer: number) => number>(
  'long SSL_CTX_ctrl(uint64 context, int command, long argument, uint64 pointer)',
);
export const setContextOptions = bind<(context: number, options: number) => number>(
  'uint64 SSL_CTX_set_options(uint64 context, uint64 options)',
);
export const setCipherList = bind<(context: number, list: string) => number>(
  'int SSL_CTX_set_cipher_list(uint64 context, str list)',
);
/** 0 is success. */
export const setSrtpProfiles = bind<(context: number, profiles: string) => number>(
  'int SSL_CTX_set_tlsext_use_srtp(uint64 context, str profiles)',
);
export const setVerify = bind<(context: number, mode: number, callback: number) => void>(
  'void SSL_CTX_set_verify(uint64 context, int mode, uint64 callback)',
);
export const enableContextDane = bind<(context: number) => number>('int SSL_CTX_dane_enable(uint64 context)');
export const setDaneDigest = bind<(context: number, digest: number, matchingType: number, order: number) => number>(
  'int SSL_CTX_dane_mtype_set(uint64 context, uint64 digest, uint8 matchingType, uint8 order)',
);
export const sha384 = bind<() => number>('uint64 EVP_sha384()');
export const useCertificate = bind<(context: number, length: number, der: Uint8Array) => number>(
  'int SSL_CTX_use_certificate_ASN1(uint64 context, int length, const uint8_t *der)',
);
export const usePrivateKey = bind<(type: number, context: number, der: Uint8Array, length: number) => number>(
  'int SSL_CTX_use_PrivateKey_ASN1(int type, uint64 context, const uint8_t *der, long length)',
);

export const newSession = bind<(context: number) => number>('uint64 SSL_new(uint64 context)');
/** Frees its BIOs too. */
export const freeSession = bind<(ssl: number) => void>('void SSL_free(uint64 ssl)');
export const newMemoryBio = bind<(method: number) => number>('uint64 BIO_new(uint64 method)');
export const memoryBioMethod = bind<() => number>('uint64 BIO_s_mem()');
export const setBios = bind<(ssl: number, input: number, output: number) => void>(
  'void SSL_set_bio(uint64 ssl, uint64 input, uint64 output)',
);
export const controlSession = bind<(ssl: number, command: number, argument: number, pointer: number) => number>(
  'long SSL_ctrl(uint64 ssl, int command, long argument, uint64 pointer)',
);
export const enableDane = bind<(ssl: number, name: string) => number>('int SSL_dane_enable(uint64 ssl, str name)');
export const setDaneFlags = bind<(ssl: number, flags: number) => number>(
  'unsigned long SSL_dane_set_flags(uint64 ssl, unsigned long flags)',
);
export const addDaneRecord = bind<
  (ssl: number, usage: number, selector: number, type: number, data: Uint8Array, length: number) => number
>('int SSL_dane_tlsa_add(uint64 ssl, uint8 usage, uint8 selector, uint8 type, const uint8_t *data, size_t length)');
export const setAcceptState = bind<(ssl: number) => void>('void SSL_set_accept_state(uint64 ssl)');
export const setConnectState = bind<(ssl: number) => void>('void SSL_set_connect_state(uint64 ssl)');
/** `callback`: address of `unsigned int (void *ssl, unsigned int previousUs)`. */
export const setTimerCallback = bind<(ssl: number, callback: number) => void>(
  'void DTLS_set_timer_cb(uint64 ssl, uint64 callback)',
);
export const doHandshake = bind<(ssl: number) => number>('int SSL_do_handshake(uint64 ssl)');
export const sslError = bind<(ssl: number, result: number) => number>('int SSL_get_error(uint64 ssl, int result)');
/** The digest matched is checked again by hand; this one is freed by `freeCertificate`. */
export const peerCertificate = bind<(ssl: number) => number>('uint64 SSL_get1_peer_certificate(uint64 ssl)');
export const freeCertificate = bind<(certificate: number) => void>('void X509_free(uint64 certificate)');
/** Length of the DER, writing nothing, with `target` 0; else `target` holds an address that moves past what was written. */
export const writeCertificate = bind<(certificate: number, target: number) => number>(
  'int i2d_X509(uint64 certificate, uint64 target)',
);
/** `{ const char *name; unsigned long id }`, 0 where no profile was agreed on. */
export const selectedSrtpProfile = bind<(ssl: number) => number>('uint64 SSL_get_selected_srtp_profile(uint64 ssl)');
export const exportKeyingMaterial = bind<
  (
    ssl: number,
    out: number,
    length: number,
    label: string,
    labelLength: number,
    context: number,
    contextLength: number,
    useContext: number,
  ) => number
>(
  'int SSL_export_keying_material(uint64 ssl, uint64 out, size_t length, str label, size_t labelLength, uint64 context, size_t contextLength, int useContext)',
);
/** Borrowed from the SSL. */
export const currentSession = bind<(ssl: number) => number>('uint64 SSL_get_session(uint64 ssl)');
export const masterKey = bind<(session: number, out: number, length: number) => number>(
  'size_t SSL_SESSION_get_master_key(uint64 session, uint64 out, size_t length)',
);
export const clientRandom = bind<(ssl: number, out: number, length: number) => number>(
  'size_t SSL_get_client_random(uint64 ssl, uint64 out, size_t length)',
);
export const serverRandom = bind<(ssl: number, out: number, length: number) => number>(
  'size_t SSL_get_server_random(uint64 ssl, uint64 out, size_t length)',
);

export const bioWrite = bind<(bio: number, data: number, length: number) => number>(
  'int BIO_write(uint64 bio, uint64 data, int length)',
);
export const bioRead = bind<(bio: number, buffer: number, length: number) => number>(
  'int BIO_read(uint64 bio, uint64 buffer, int length)',
);
export const bioControl = bind<(bio: number, command: number, argument: number, pointer: number) => number>(
  'long BIO_ctrl(uint64 bio, int command, long argument, uint64 pointer)',
);
export const clearErrors = bind<() => void>('void ERR_clear_error()');
export const nextError = bind<() => number>('unsigned long ERR_get_error()');
export const describeError = bind<(code: number, buffer: number, length: number) => void>(
  'void ERR_error_string_n(unsigned long code, uint64 buffer, size_t length)',
);
