import { SingleBar } from 'cli-progress';

export interface Progress {
  /** One more is dealt with. */
  step(): void;
  end(): void;
}

/** How far it is, on standard error: a bar on a terminal, a line for each tenth elsewhere. */
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
