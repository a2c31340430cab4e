/** `npm run kills -- [--rounds 200] [--real 40] [--seed 1] [--orders 20000]`: seeded kills over the embedded warehouse, then over real servers. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Service, startKafka, startMariadb } from '../test/support/services.ts';
import { runKills, stopHome } from './warehouse-kills.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '200' },
    real: { type: 'string', default: '40' },
    seed: { type: 'string', default: '1' },
    orders: { type: 'string', default: '20000' },
  },
});
const common = {
  seed: Number(values.seed),
  orders: Number(values.orders),
  portion: 750,
  report: (line: string) => console.log(line),
};
if (Number(values.rounds) > 0) await inHome((home) => runKills({ ...common, home, rounds: Number(values.rounds) }));
if (Number(values.real) > 0) await real(Number(values.real));
console.log(`${values.rounds} embedded and ${values.real} real rounds, no difference`);
process.exit();

async function real(rounds: number): Promise<void> {
  const services: Service[] = [];
  try {
    const mysql = await startMariadb();
    services.push(mysql);
    const ddl = readFileSync(join(import.meta.dirname, '../demo/warehouse/mysql.sql'));
    execFileSync('mysql', ['-h', '127.0.0.1', '-P', String(mysql.port), '-u', 'root'], { input: ddl });
    const kafka = await startKafka();
    services.push(kafka);
    const servers = { kafkaPort: kafka.port, mysqlPort: mysql.port };
    await inHome((home) => runKills({ ...common, home, rounds, servers }));
  } finally {
    for (const service of services) await service.stop();
  }
}

async function inHome(work: (home: string) => Promise<void>): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'millrace-kills-'));
  try {
    await work(home);
  } finally {
    await stopHome(home);
    rmSync(home, { recursive: true, force: true });
  }
}
