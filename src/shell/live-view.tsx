/** A running SELECT on the alternate screen: the rows as they stand now, changing in place, or the newest changes. */
import { Box, render, Text, useStdin } from 'ink';
import { useEffect, useState } from 'react';
import type { ColumnBody } from '../gateway/api.ts';
import { KeyParser } from './key-parser.ts';
import type { LiveRows } from './live-rows.ts';
import { StreamTable } from './tableau.ts';

/** ms between two paints. */
const REFRESH_MS = 250;

export interface LiveViewOptions {
  readonly columns: readonly ColumnBody[];
  readonly rows: LiveRows;
  readonly widthMax: number;
  readonly title: string;
}

/** Shows until the user quits (`q`, Escape, Ctrl-C) or `ended` has resolved and a key is pressed. */
export async function showLive(options: LiveViewOptions, ended: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  process.stdout.write('\u001b[?1049h\u001b[2J\u001b[H');
  const app = render(<LiveView options={options} ended={ended} quit={resolve} />, {
    exitOnCtrlC: false,
    patchConsole: false,
  });
  await promise;
  app.unmount();
  await app.waitUntilExit();
  process.stdout.write('\u001b[?1049l');
}

function LiveView({ options, ended, quit }: { options: LiveViewOptions; ended: Promise<unknown>; quit: () => void }) {
  const [, setTick] = useState(0);
  const [isOver, setOver] = useState(false);
  const [page, setPage] = useState(0);
  const [isChangelog, setChangelog] = useState(false);
  const { stdin, setRawMode } = useStdin();
  useEffect(() => {
    const timer = setInterval(() => setTick((tick) => tick + 1), REFRESH_MS);
    ended.then(
      () => setOver(true),
      () => setOver(true),
    );
    return () => clearInterval(timer);
  }, [ended]);
  useEffect(() => {
    const parser = new KeyParser();
    const onData = (chunk: Buffer | string): void => {
      for (const key of parser.parse(String(chunk))) {
        const name = key.kind === 'text' ? key.text.toLowerCase() : key.kind === 'key' ? key.name : '';
        if (name === 'q' || name === 'escape' || name === 'ctrl-c') quit();
        else if (name === 't') setChangelog((shown) => !shown);
        else if (name === 'n' || name === 'page-down') setPage((at) => at + 1);
        else if (name === 'p' || name === 'page-up') setPage((at) => Math.max(0, at - 1));
      }
    };
    setRawMode(true);
    stdin.on('data', onData);
    return () => {
      stdin.off('data', onData);
      setRawMode(false);
    };
  }, [stdin, setRawMode, quit]);
  const height = Math.max(1, (process.stdout.rows ?? 24) - 7);
  return (
    <Frame
      options={options}
      page={page}
      height={height}
      isOver={isOver}
      isChangelog={isChangelog}
      width={process.stdout.columns ?? 80}
    />
  );
}

interface FrameProperties {
  readonly options: LiveViewOptions;
  readonly page: number;
  readonly height: number;
  readonly width: number;
  readonly isOver: boolean;
  readonly isChangelog: boolean;
}

function Frame({ options, page, height, width, isOver, isChangelog }: FrameProperties) {
  const rows = isChangelog ? options.rows.changes() : options.rows.current();
  const pages = Math.max(1, Math.ceil(rows.length / height));
  const at = isChangelog ? pages - 1 : Math.min(page, pages - 1);
  const table = new StreamTable(options.columns, options.widthMax);
  const shown = rows.slice(at * height, (at + 1) * height);
  const lines = [...table.head().split('\n'), ...shown.map((row) => table.row(row.kind, row.fields)), table.border()];
  const state = isOver ? 'Table program finished.' : `Refresh: ${REFRESH_MS} ms`;
  return (
    <Box flexDirection="column">
      <Text inverse>
        {` SQL Query Result (${isChangelog ? 'Changelog' : 'Table'}) ${options.title}`.slice(0, width - 1)}
      </Text>
      <Text dimColor>{` ${state}   Page: ${at + 1} of ${pages}   Rows: ${rows.length}`.slice(0, width - 1)}</Text>
      {lines.map((line, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line of the screen is its place
        <Text key={i} wrap="truncate">
          {line.slice(0, width - 1)}
        </Text>
      ))}
      <Text dimColor>{'Q Quit   N Next Page   P Prev Page   T Table/Changelog'.slice(0, width - 1)}</Text>
    </Box>
  );
}
