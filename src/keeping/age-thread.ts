import { parentPort, workerData } from 'node:worker_threads';
import { Decrypter, Encrypter } from 'age-encryption';

/** What `underPassphrase` in age.ts asks of a thread of its own. */
export interface PassphraseWork {
  readonly passphrase: string;
  /** To be encrypted where it is text, else to be decrypted. */
  readonly content: string | Uint8Array;
}

const { passphrase, content } = workerData as PassphraseWork;
if (typeof content === 'string') {
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  parentPort?.postMessage(await encrypter.encrypt(content));
} else {
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  const clear = await decrypter.decrypt(content, 'text').catch((error: unknown) => {
    // Anything else, such as too little memory, says nothing about the passphrase.
    if (!(error instanceof Error && error.message.startsWith('no identity matched'))) throw error;
  });
  parentPort?.postMessage(clear);
}
