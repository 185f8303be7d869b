// Nobody's page is to fail because of us, nor because of what it did to what we rely on.

/** The same function, which throws nothing. */
export const guarded =
  <A extends unknown[]>(work: (...args: A) => void) =>
  (...args: A): void => {
    try {
      work(...args);
    } catch {
      // A page that replaced a prototype by one that throws is measured as far as it goes.
    }
  };
