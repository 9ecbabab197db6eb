/** Where one of the merchant's backends wants to be notified. */
export interface Endpoint {
  /** `[a-z0-9_]{1,30}` */
  readonly name: string;
  readonly url: string;
  /** Each `whsec_...`. All sign; several while they are rotated. */
  readonly secrets: readonly string[];
  /** May its address be one of this machine, or of a private network? */
  readonly allowPrivate: boolean;
}

/** Where it is, as logs and people may know it: the path and the query may hold a secret. */
export const placeOf = ({ url }: Pick<Endpoint, 'url'>): string => new URL(url).host;
