/** An address to which notifications are sent. */
export interface Endpoint {
  /** `[a-z0-9_]{1,30}` */
  readonly name: string;
  readonly url: string;
  /** Each begins with `whsec_`. A notification is signed with all of them, so that a secret can be rotated. */
  readonly secrets: readonly string[];
  /** Whether its address may be one of this machine or of a private network. */
  readonly allowPrivate: boolean;
}

/** The host and port, for logs and messages: path and query may contain a secret. */
export const placeOf = ({ url }: Pick<Endpoint, 'url'>): string => new URL(url).host;
