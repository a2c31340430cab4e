/** `GET /taskmanagers`: one, which stands for all job processes. Of the JobManager's REST. */

import { availableParallelism, freemem, totalmem } from 'node:os';
import { jobManagerError } from '../rest-error.ts';
import { defineRoute } from '../route.ts';
import { TASK_MANAGER } from '../vertex-body.ts';

/** As the overview has it. */
const SLOTS = 16;

export const taskManagers = defineRoute({
  method: 'GET',
  path: '/taskmanagers',
  since: 1,
  requestName: 'EmptyRequestBody',
  handle: async ({ engine }) => {
    const running = engine.jobs.runningCount;
    const { heapTotal } = process.memoryUsage();
    const resource = {
      cpuCores: 1,
      taskHeapMemory: 0,
      taskOffHeapMemory: 0,
      managedMemory: 0,
      networkMemory: 0,
      extendedResources: {},
    };
    return {
      taskmanagers: [
        {
          id: TASK_MANAGER,
          path: `unix:${engine.home}`,
          dataPort: -1,
          jmxPort: -1,
          timeSinceLastHeartbeat: engine.now(),
          slotsNumber: Math.max(SLOTS, running),
          freeSlots: Math.max(SLOTS, running) - running,
          assignedTasks: running,
          totalResource: resource,
          freeResource: resource,
          hardware: {
            cpuCores: availableParallelism(),
            physicalMemory: totalmem(),
            freeMemory: freemem(),
            managedMemory: 0,
          },
          memoryConfiguration: {
            frameworkHeap: heapTotal,
            taskHeap: 0,
            frameworkOffHeap: 0,
            taskOffHeap: 0,
            networkMemory: 0,
            managedMemory: 0,
            jvmMetaspace: 0,
            jvmOverhead: 0,
            totalFlinkMemory: heapTotal,
            totalProcessMemory: process.memoryUsage.rss(),
          },
        },
      ],
    };
  },
  error: jobManagerError,
});
