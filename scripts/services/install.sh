#!/bin/bash
# Brings what the tests against real servers need: Kafka's jars (Maven) under .services/ and MariaDB (apt). Idempotent.
set -u
cd "$(dirname "$0")" || exit 1
services=$(cd ../.. && pwd)/.services
mkdir -p "$services"
if ! ls "$services"/kafka/kafka_2.13-*.jar > /dev/null 2>&1; then
  mvn -q -B -f pom.xml dependency:copy-dependencies -DoutputDirectory="$services/kafka" > "$services/maven.log" 2>&1 ||
    { echo "Kafka could not be installed with Maven: see $services/maven.log" >&2; exit 1; }
fi
if ! command -v mariadbd > /dev/null 2>&1; then
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq mariadb-server; } > "$services/apt.log" 2>&1 ||
    { echo "MariaDB could not be installed with apt-get: see $services/apt.log" >&2; exit 1; }
fi
if ! command -v tmux > /dev/null 2>&1; then
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq tmux; } > "$services/apt-tmux.log" 2>&1 ||
    { echo "tmux could not be installed with apt-get: see $services/apt-tmux.log" >&2; exit 1; }
fi
