/** The input area: the prompt, the text with its cursor, and notices above it. Everything finished is plain output above. */
import { Box, render, Static, Text, useStdin } from 'ink';
import { useEffect, useRef, useState } from 'react';
import type { EditBuffer } from './edit-buffer.ts';
import { PromptMachine, type PromptOptions, type PromptResult } from './prompt-machine.ts';

/** Reads one statement. The last frame stays on the screen. */
export async function readStatement(options: PromptOptions): Promise<PromptResult> {
  const { promise, resolve } = Promise.withResolvers<PromptResult>();
  process.stdout.write('\u001b[?2004h');
  const app = render(<Prompt options={options} done={resolve} />, { exitOnCtrlC: false, patchConsole: false });
  const result = await promise;
  app.unmount();
  await app.waitUntilExit();
  process.stdout.write('\u001b[?2004l');
  return result;
}

function Prompt({ options, done }: { options: PromptOptions; done: (result: PromptResult) => void }) {
  const [buffer, setBuffer] = useState<EditBuffer>(options.initial);
  const [notices, setNotices] = useState<readonly string[]>([]);
  const [candidates, setCandidates] = useState<readonly string[]>([]);
  const [finished, setFinished] = useState(false);
  const machine = useRef<PromptMachine | null>(null);
  machine.current ??= new PromptMachine(options, { setBuffer, setCandidates, finish: setFinished, done });
  const { stdin, setRawMode } = useStdin();
  useEffect(() => {
    options.onNotices((line) => setNotices((shown) => [...shown, line]));
    const onData = (chunk: Buffer | string): void => machine.current?.feed(String(chunk));
    setRawMode(true);
    stdin.on('data', onData);
    return () => {
      stdin.off('data', onData);
      setRawMode(false);
    };
  }, [options, stdin, setRawMode]);
  return (
    <Box flexDirection="column">
      <Static items={[...notices]}>{(line, i) => <Text key={i}>{line}</Text>}</Static>
      <Lines buffer={buffer} showCursor={!finished} />
      {candidates.length > 0 && !finished ? <Text dimColor>{candidates.slice(0, 8).join('  ')}</Text> : null}
    </Box>
  );
}

function Lines({ buffer, showCursor }: { buffer: EditBuffer; showCursor: boolean }) {
  let offset = 0;
  return buffer.text.split('\n').map((line, i) => {
    const start = offset;
    offset += line.length + 1;
    const column = buffer.cursor - start;
    const here = showCursor && column >= 0 && column <= line.length;
    const under = here ? (line.slice(column).match(/^[\s\S]/u)?.[0] ?? ' ') : '';
    return (
      <Text key={start}>
        <Text color="green">{i === 0 ? 'Flink SQL> ' : '         > '}</Text>
        {here ? line.slice(0, column) : line}
        {here ? <Text inverse>{under}</Text> : null}
        {here ? line.slice(column + under.length) : null}
      </Text>
    );
  });
}
