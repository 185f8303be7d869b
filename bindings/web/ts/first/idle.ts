// Runs work when the browser has nothing better to do.

export const whenIdle = (work: () => void): unknown =>
  self.requestIdleCallback as unknown ? requestIdleCallback(work, { timeout: Limit.PatienceMs }) : setTimeout(work);

const enum Limit {
  /** Ours: a page that is never idle is measured all the same. */
  PatienceMs = 500,
}
