/** An answer of the provider's that is not believed, with the check that it failed: for the log, never for the page. */
export class UntrustedAnswer extends Error {
  readonly code: string;

  constructor(code: string, options?: ErrorOptions) {
    super(`The provider's answer is not believed: ${code}`, options);
    this.name = 'UntrustedAnswer';
    this.code = code;
  }
}
