import { SingleBar } from 'cli-progress';

export interface Progress {
  /** Counts one more as done. */
  step(): void;
  end(): void;
}

/** Shows progress on standard error: a bar on a terminal, otherwise a line for each 10 %. */
export function progressOf(total: number, what: string): Progress {
  return process.stderr.isTTY ? bar(total, what) : lines(total, what);
}

function bar(total: number, what: string): Progress {
  const bar = new SingleBar({
    format: `{bar} {value} of {total} ${what}, {eta_formatted} left`,
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: true,
    barsize: 30,
  });
  bar.start(total, 0);
  return { step: () => bar.increment(), end: () => bar.stop() };
}

function lines(total: number, what: string): Progress {
  let done = 0;
  return {
    step() {
      done += 1;
      if (Math.floor((done * 10) / total) > Math.floor(((done - 1) * 10) / total))
        console.error(`${done} of ${total} ${what}`);
    },
    end: () => undefined,
  };
}
