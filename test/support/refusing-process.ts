/** A job process that answers questions and refuses every job: `--socket PATH`. */
import { createServer } from 'node:net';
import { EngineError } from '../../src/base/error.ts';
import { toWireError, Wire } from '../../src/runtime/job-wire.ts';

const refusal = new EngineError('OPTION_INVALID', 'The process does not take this job.');

createServer((socket) => {
  const wire: Wire = new Wire(
    socket,
    (message) => {
      if (!('command' in message)) return;
      if (message.command.kind === 'exit') process.exit(0);
      if (message.command.kind === 'start') wire.send({ reply: message.id, error: toWireError(refusal) });
      else wire.send({ reply: message.id, result: null });
    },
    () => process.exit(0),
  );
}).listen(process.argv.at(-1));
