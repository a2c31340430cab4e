// Stands in for React's debugger, which Ink imports and the bundle leaves out.
const devtools = { initialize: () => undefined, connectToDevTools: () => undefined };
export default devtools;
