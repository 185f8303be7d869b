// Runs work when the page has nothing better to do.

type Scheduler = { postTask(task: () => void, options: { priority: "background" }): Promise<void> };

/** Calls `task` once, soon, in idle time; in a second at the latest where the browser can promise that. */
export const idle = (task: () => void): void => {
  const scheduler = (globalThis as { scheduler?: Scheduler }).scheduler;
  if (typeof requestIdleCallback === "function") requestIdleCallback(task, { timeout: 1000 });
  else if (scheduler?.postTask) void scheduler.postTask(task, { priority: "background" });
  else setTimeout(task, 50);
};
