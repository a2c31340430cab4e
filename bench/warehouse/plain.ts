/** The plain baseline as a process of its own: kafkajs eachBatch, JSON.parse, Map. Prints one JSON line. */
import { Kafka, logLevel } from 'kafkajs';
import { type CanalMessage, WORKLOADS } from './workloads.ts';

const [name, broker, messagesText] = process.argv.slice(2) as [string, string, string];
const workload = WORKLOADS.find((each) => each.name === name);
if (!workload) throw new Error(`no workload ${name}`);
const work = workload.plain();
const kafka = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING });
const consumer = kafka.consumer({ groupId: `plain-${name}-${process.pid}`, maxBytesPerPartition: 8 << 20 });
await consumer.connect();
for (const topic of [...workload.topics].reverse())
  await consumer.subscribe({ topic: `bench.${topic}`, fromBeginning: true });
let seen = 0;
let startMs = 0;
let startCpu = process.cpuUsage();
const total = Number(messagesText);
const done = Promise.withResolvers<void>();
await consumer.run({
  autoCommit: false,
  async eachBatch({ batch }) {
    if (startMs === 0) {
      startMs = performance.now();
      startCpu = process.cpuUsage();
    }
    const topic = batch.topic.replace('bench.', '');
    for (const message of batch.messages)
      if (message.value) work(topic, JSON.parse(message.value.toString()) as CanalMessage);
    if (topic === workload.topics[0]) seen += batch.messages.length;
    if (seen >= total) done.resolve();
  },
});
await done.promise;
const cpu = process.cpuUsage(startCpu);
const seconds = (performance.now() - startMs) / 1000;
console.log(
  JSON.stringify({
    seconds,
    eventsPerSecond: Math.round(total / seconds),
    eventsPerCpuSecond: Math.round(total / ((cpu.user + cpu.system) / 1e6)),
    rssMb: Math.round(process.memoryUsage.rss() / 1e6),
  }),
);
process.exit();
