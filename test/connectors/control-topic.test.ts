/** The topic that holds the markers of Kafka sinks. */
import { expect, test } from 'vitest';
import type { Cluster } from '../../src/connectors/kafka/cluster.ts';
import { CONTROL_TOPIC, prepareControlTopic } from '../../src/connectors/kafka/control-topic.ts';

function clusterWith(policy: string): Cluster {
  return {
    createTopic: async () => {},
    ledPartitions: async () => [{ topic: CONTROL_TOPIC, partition: 0, leader: 1 }],
    topicConfig: async () => policy,
  } as unknown as Cluster;
}

test('rule 11: a control topic that would lose markers is refused', async () => {
  await expect(prepareControlTopic(clusterWith('compact'))).resolves.toBeUndefined();
  await expect(prepareControlTopic(clusterWith('delete'))).rejects.toThrow("must have 'cleanup.policy' = 'compact'");
});
