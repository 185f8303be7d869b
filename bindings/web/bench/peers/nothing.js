// No SDK: what the page itself and the loop cost.
export const start = () => {};
export const track = () => {};
export const mark = () => {};
