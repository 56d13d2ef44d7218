/* The room doctor: finds what is wrong with how Outlay is set up, and says what to paste where. */
/** What to do about it. */
export interface Remedy {
  /** In a sentence. */
  readonly say: string;
  /** The exact value to paste; empty where there is none. */
  readonly paste: string;
  /** Where it stands, by provider: one place where it is known who the provider is. */
  readonly where: readonly string[];
}

/** What one check found, for whoever runs Outlay. Nothing secret is ever in it. */
export interface Finding {
  /** `wrong`: people are kept from something. `weak`: it goes, and not as well or as safely as it could. `good`: as it should be. */
  readonly kind: 'wrong' | 'weak' | 'good';
  /** A stable word for machines, such as `issuer-slash`. */
  readonly check: string;
  readonly what: string;
  readonly why: string;
  readonly remedy: Remedy;
}

interface Told {
  readonly why: string;
  readonly say: string;
  readonly paste?: string;
  readonly where?: readonly string[];
}

function finding(kind: 'wrong' | 'weak', check: string, what: string, { why, say, paste = '', where = [] }: Told): Finding {
  return { kind, check, what, why, remedy: { say, paste, where } };
}

export function wrong(check: string, what: string, told: Told): Finding {
  return finding('wrong', check, what, told);
}

export function weak(check: string, what: string, told: Told): Finding {
  return finding('weak', check, what, told);
}

/** @param why what may be good to know about it. */
export function good(check: string, what: string, why = ''): Finding {
  return { kind: 'good', check, what, why, remedy: { say: '', paste: '', where: [] } };
}

/** Most characters that are shown of what somebody else said. */
const MAX_SHOWN = 300;

/** What somebody else said, as it may be shown on a terminal, too: in one line, and without what steers a terminal. */
export function shown(text: string): string {
  const plain = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '');
  return plain.length > MAX_SHOWN ? `${plain.slice(0, MAX_SHOWN)}…` : plain;
}
