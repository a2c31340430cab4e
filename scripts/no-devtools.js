// Stands in for React's debugger in the bundle.
export const connectToDevTools = () => undefined;
export const initialize = () => undefined;
