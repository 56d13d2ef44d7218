import type { Ledger } from './authorization.ts';
import type { Behaviour } from './behaviour.ts';
import type { AuthenticationMethod, ClientRecord } from './client-authentication.ts';
import type { SigningKey } from './signing.ts';

/** One person, whoever asks. */
export const SUBJECT = 'sub-alice';

/** How the client proved at the token endpoint that it is the client, or why it did not. */
export interface Authentication {
  readonly method?: AuthenticationMethod;
  readonly refused?: string;
}

export interface TokenEndpoint {
  readonly client: ClientRecord;
  readonly ledger: Ledger;
  readonly behaviour: Behaviour;
  readonly key: SigningKey;
  /** The honest ID Tokens issued so far. */
  readonly issued: string[];
  readonly authentications: Authentication[];
}
