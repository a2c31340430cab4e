/** The command line: modes, options in all their forms, and what is refused. */
import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../src/shell/arguments.ts';

describe('arguments', () => {
  it('are those of embedded when no mode is named', () => {
    expect(parseArguments([])).toMatchObject({ mode: 'embedded', help: false, home: null, session: 'default' });
    expect(parseArguments(['-f', 'a.sql'])).toMatchObject({ mode: 'embedded', file: 'a.sql' });
  });

  it('take definitions in three forms', () => {
    const { definitions } = parseArguments(['-Da=1', '-D', 'b=x=y', 'embedded'.replace('embedded', '-Dc=')]);
    expect(definitions).toEqual({ a: '1', b: 'x=y', c: '' });
  });

  it('read -e by the mode', () => {
    expect(parseArguments(['embedded', '-e', 'SELECT 1'])).toMatchObject({ statement: 'SELECT 1', endpoint: null });
    expect(parseArguments(['gateway', '-e', 'h:8083'])).toMatchObject({ statement: null, endpoint: 'h:8083' });
    expect(parseArguments(['gateway', '--endpoint=h:1'])).toMatchObject({ endpoint: 'h:1' });
  });

  it('know every option', () => {
    const words = ['embedded', '--home', 'd', '-i', 'i.sql', '-s', 'me', '-hist', 'h', '--config', 'c', '--file=x.sql'];
    expect(parseArguments(words)).toMatchObject({
      home: 'd',
      init: 'i.sql',
      session: 'me',
      history: 'h',
      config: 'c',
      file: 'x.sql',
    });
    expect(parseArguments(['run', 'job.sql', '--print'])).toMatchObject({
      mode: 'run',
      file: 'job.sql',
      printOnly: true,
    });
    expect(parseArguments(['stop', '--home=d'])).toMatchObject({ mode: 'stop', home: 'd' });
    expect(parseArguments(['--help']).help).toBe(true);
  });

  it.each([
    [['other'], /Unknown mode 'other'/],
    [['--what'], /Unknown option '--what'/],
    [['-f'], /Option '-f' needs a value/],
    [['-Dnothing'], /'-Dnothing' is not of the form -Dkey=value/],
    [['-s', 'a b'], /Session identifier/],
    [['embedded', 'file.sql'], /Unknown option 'file.sql'/],
  ])('refuse %j', (words, message) => {
    expect(() => parseArguments(words)).toThrow(message);
  });
});
