// A clock that can be stopped: tests of the hub have one that stands still, and what a counterpart gives ends by it.

const Real = globalThis.Date;
let stopped;

/** Stops the clock at a moment, in milliseconds since 1970; a stopped one is moved. */
export function stopClock(milliseconds) {
  stopped = milliseconds;
}

// The libraries that play the vendor ask the global, so that they see the same time.
globalThis.Date = class extends Real {
  constructor(...parts) {
    if (parts.length === 0) super(globalThis.Date.now());
    else super(...parts);
  }

  static now() {
    return stopped ?? Real.now();
  }
};
