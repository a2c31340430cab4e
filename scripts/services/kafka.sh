#!/bin/bash
# kafka.sh DIR PORT: one Kafka 4.1 broker (KRaft) with its data in DIR, on 127.0.0.1:PORT (and PORT+1 for its controller), in the foreground.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
libs=$here/../../.services/kafka
dir=$1 port=$2 controller=$(($2 + 1))
mkdir -p "$dir"
cat > "$dir/server.properties" <<P
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$controller
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$controller
advertised.listeners=PLAINTEXT://127.0.0.1:$port
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs=$dir/log
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
group.initial.rebalance.delay.ms=0
P
cat > "$dir/log4j2.properties" <<P
rootLogger.level=warn
rootLogger.appenderRef.file.ref=file
appender.file.type=File
appender.file.name=file
appender.file.fileName=$dir/broker.log
appender.file.layout.type=PatternLayout
appender.file.layout.pattern=%d %p %c: %m%n
P
[ -d "$dir/log" ] || java -Dlog4j2.configurationFile="$dir/log4j2.properties" -cp "$libs/*" kafka.tools.StorageTool format -t bWlsbHJhY2UtdGVzdC0wMQ -c "$dir/server.properties" > /dev/null
exec java -Xmx512m -Dlog4j2.configurationFile="$dir/log4j2.properties" -cp "$libs/*" kafka.Kafka "$dir/server.properties"
