import type { Fault } from './fault.ts';
import { idTokenClaimFaults } from './faults/id-token-claims.ts';
import { idTokenShapeFaults } from './faults/id-token-shape.ts';
import { idTokenSignatureFaults } from './faults/id-token-signature.ts';
import { keyAnswerFaults, keyFaults } from './faults/keys.ts';
import { metadataFaults } from './faults/metadata.ts';
import { pushedFaults } from './faults/pushed.ts';
import { responseFaults } from './faults/response.ts';
import { tokenEndpointFaults } from './faults/token-endpoint.ts';
import { userInfoFaults } from './faults/user-info.ts';

/**
 * Every fault, in the order in which one Outlay can meet them all: it keeps metadata and keys that it has believed, so what
 * spoils these comes before anything honest, and it asks for unknown keys only so often.
 */
export const faults: readonly Fault[] = [
  ...metadataFaults,
  ...pushedFaults,
  ...keyAnswerFaults,
  ...keyFaults,
  ...responseFaults,
  ...tokenEndpointFaults,
  ...idTokenSignatureFaults,
  ...idTokenClaimFaults,
  ...idTokenShapeFaults,
  ...userInfoFaults,
];
