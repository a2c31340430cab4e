/**
 * Node's HTTP without an `import` of it: that would evaluate each of its exports, and with WebSocket a whole HTTP client of 14 MB, 40 ms at
 * every start.
 */
export const { Agent, createServer, request } = process.getBuiltinModule('node:http');
