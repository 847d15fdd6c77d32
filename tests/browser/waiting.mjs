// Waiting for what comes in its own time.

export const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Asks until the answer is true; the error says what did not come. */
export async function until(what, ask, milliseconds = 20_000) {
  const end = Date.now() + milliseconds;
  let last;
  while (Date.now() < end) {
    last = await ask();
    if (last) return last;
    await sleep(50);
  }
  throw new Error(`${what} did not come in ${milliseconds / 1000} s`);
}
