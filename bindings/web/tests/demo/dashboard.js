// The live page of the dashboard, read as a person reads it: from what it shows.

/** A number by its name; `-` and words give NaN. */
export const number = (page, name) => page.evaluate((name) => Number(document.querySelector(`[data-now="${name}"]`).textContent.replaceAll(",", "")), name);

/** A table by its name: one object a row, by column heading. */
export const table = (page, name) =>
  page.evaluate((name) => {
    const table = document.querySelector(`[data-now="${name}"]`);
    const heads = [...table.tHead.rows[0].cells].map((cell) => cell.textContent);
    return [...table.tBodies[0].rows].map((row) => Object.fromEntries([...row.cells].map((cell, at) => [heads[at], cell.textContent])));
  }, name);

/** Whether the lake holds all that the collector accepted. */
export const isLoaded = (page) => page.evaluate(() => /holds all [1-9]/.test(document.querySelector('[data-now="lake"]').textContent));
