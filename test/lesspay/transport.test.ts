import { connectionError } from '../../lesspay/transport';

const failed = (cause: object): object => Object.assign(new TypeError('fetch failed'), { cause });

describe('the request surely was never sent when', () => {
  it.each([
    ['the port is closed', { code: 'ECONNREFUSED', syscall: 'connect' }],
    [
      'every address is closed',
      {
        code: 'ECONNREFUSED',
        errors: [
          { code: 'ECONNREFUSED', syscall: 'connect' },
          { code: 'ENETUNREACH', syscall: 'connect' },
        ],
      },
    ],
    ['the name is unknown', { code: 'ENOTFOUND', syscall: 'getaddrinfo' }],
    ['the name server is silent', { code: 'EAI_AGAIN', syscall: 'getaddrinfo' }],
    ['connecting timed out', { code: 'UND_ERR_CONNECT_TIMEOUT' }],
    ['connecting timed out in the system', { code: 'ETIMEDOUT', syscall: 'connect' }],
    ['the certificate is self-signed', { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }],
    ['the certificate has expired', { code: 'CERT_HAS_EXPIRED' }],
    ['the certificate is another host’s', { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }],
    ['the issuer is unknown', { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' }],
    ['the other side speaks no TLS', { code: 'ERR_SSL_WRONG_VERSION_NUMBER' }],
  ])('%s', (_what, cause) => {
    expect(connectionError(failed(cause), 'may_have')).toMatchObject({ kind: 'unreachable', effect: 'did_not', cause });
  });
});

describe('the request may have been sent when', () => {
  it.each([
    ['the connection was reset', { code: 'ECONNRESET', syscall: 'read' }],
    ['writing failed', { code: 'EPIPE', syscall: 'write' }],
    ['the connection timed out later', { code: 'ETIMEDOUT', syscall: 'read' }],
    ['the other side closed the socket', { code: 'UND_ERR_SOCKET' }],
    ['headers were late', { code: 'UND_ERR_HEADERS_TIMEOUT' }],
    [
      'one address was closed, the other reset',
      {
        errors: [
          { code: 'ECONNREFUSED', syscall: 'connect' },
          { code: 'ECONNRESET', syscall: 'read' },
        ],
      },
    ],
    ['a TLS record was broken', { code: 'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC' }],
    ['the code is unknown', { code: 'ENEW' }],
    ['there is no code', {}],
  ])('%s', (_what, cause) => {
    expect(connectionError(failed(cause), 'may_have')).toMatchObject({
      kind: 'connection_lost',
      effect: 'may_have',
      cause,
    });
    expect(connectionError(failed(cause), 'did_not')).toMatchObject({ kind: 'connection_lost', effect: 'did_not' });
  });

  it('anything else is thrown', () => {
    expect(connectionError('what?', 'may_have')).toMatchObject({ kind: 'connection_lost', effect: 'may_have' });
  });
});
