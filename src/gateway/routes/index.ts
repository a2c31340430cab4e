/** The shelf of endpoints. */
import type { Route } from '../route.ts';
import { apiVersions } from './api-versions.ts';
import { cancelOperation } from './cancel-operation.ts';
import { closeOperation } from './close-operation.ts';
import { closeSession } from './close-session.ts';
import { completeStatement } from './complete-statement.ts';
import { configureSession } from './configure-session.ts';
import { engineStatus } from './engine-status.ts';
import { executeStatement } from './execute-statement.ts';
import { fetchResults } from './fetch-results.ts';
import { getSession } from './get-session.ts';
import { heartbeat } from './heartbeat.ts';
import { info } from './info.ts';
import { listenTcp } from './listen.ts';
import { openSession } from './open-session.ts';
import { operationStatus } from './operation-status.ts';
import { stopEngine } from './stop-engine.ts';

export const routes: readonly Route[] = [
  info,
  apiVersions,
  openSession,
  getSession,
  closeSession,
  heartbeat,
  configureSession,
  completeStatement,
  executeStatement,
  operationStatus,
  cancelOperation,
  closeOperation,
  fetchResults,
  engineStatus,
  stopEngine,
  listenTcp,
];
