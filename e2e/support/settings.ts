// What `cargo xtask test` tells the tests. The defaults are those of a clone after `cargo xtask run`.

/** A setting that has to be there. */
export function needed(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: start these tests with \`cargo xtask test\``);
  return value;
}

export const localBinary = process.env['LOCAL_BINARY'] ?? '../target/release/local';
export const page = process.env['PAGE'] ?? '../dist';
export const gallery = process.env['GALLERY'] ?? '../target/xtask/gallery';

/** The connections that a small home lets in. */
export const smallLimit = Number(process.env['SMALL_LIMIT'] ?? 20);

/** The messages on the front page and in one answer. */
export const messageLimit = Number(process.env['MESSAGE_LIMIT'] ?? 30);
