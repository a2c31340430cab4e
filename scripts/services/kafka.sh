#!/bin/bash
# kafka.sh DIR PORT [secure]: one Kafka 4.1 broker (KRaft) with its data in DIR, on 127.0.0.1:PORT (and PORT+1 for its controller), in the
# foreground. `secure`: it takes TLS with a certificate of its own (DIR/trust.p12 and DIR/trust.pem trust it, password "trusted") and the user
# alice with the password "alice-secret" by SASL PLAIN, SCRAM-SHA-256 and SCRAM-SHA-512.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
libs=$here/../../.services/kafka
dir=$1 port=$2 controller=$(($2 + 1))
mkdir -p "$dir"
protocol=PLAINTEXT
if [ "${3:-}" = secure ]; then protocol=SASL_SSL; fi
cat > "$dir/server.properties" <<P
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$controller
listeners=$protocol://127.0.0.1:$port,CONTROLLER://127.0.0.1:$controller
advertised.listeners=$protocol://127.0.0.1:$port
controller.listener.names=CONTROLLER
listener.security.protocol.map=$protocol:$protocol,CONTROLLER:PLAINTEXT
log.dirs=$dir/log
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
group.initial.rebalance.delay.ms=0
P
users=()
if [ $protocol = SASL_SSL ]; then
  password=alice-secret
  for mechanism in 256 512; do users+=(--add-scram "SCRAM-SHA-$mechanism=[name=alice,password=$password]"); done
  if [ ! -f "$dir/trust.p12" ]; then
    openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 -keyout "$dir/key.pem" -out "$dir/trust.pem" 2> /dev/null
    cat "$dir/key.pem" "$dir/trust.pem" > "$dir/broker.pem"
    keytool -importcert -noprompt -alias broker -file "$dir/trust.pem" -keystore "$dir/trust.p12" -storetype PKCS12 -storepass trusted 2> /dev/null
  fi
  cat >> "$dir/server.properties" <<P
inter.broker.listener.name=SASL_SSL
sasl.mechanism.inter.broker.protocol=PLAIN
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512
listener.name.sasl_ssl.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="broker" password="broker-secret" user_broker="broker-secret" user_alice="$password";
listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
ssl.keystore.type=PEM
ssl.keystore.location=$dir/broker.pem
ssl.truststore.type=PEM
ssl.truststore.location=$dir/trust.pem
P
fi
cat > "$dir/log4j2.properties" <<P
rootLogger.level=warn
rootLogger.appenderRef.file.ref=file
appender.file.type=File
appender.file.name=file
appender.file.fileName=$dir/broker.log
appender.file.layout.type=PatternLayout
appender.file.layout.pattern=%d %p %c: %m%n
P
[ -d "$dir/log" ] || java -Dlog4j2.configurationFile="$dir/log4j2.properties" -cp "$libs/*" kafka.tools.StorageTool format -t bWlsbHJhY2UtdGVzdC0wMQ -c "$dir/server.properties" "${users[@]}" > /dev/null
exec java -Xmx512m -Dlog4j2.configurationFile="$dir/log4j2.properties" -cp "$libs/*" kafka.Kafka "$dir/server.properties"
