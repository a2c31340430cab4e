-- The nine settings around every job of a warehouse that must not start from scratch after a failure.
SET 'execution.checkpointing.interval' = '10s';
SET 'execution.checkpointing.mode' = 'EXACTLY_ONCE';
SET 'execution.checkpointing.min-pause' = '500ms';
SET 'execution.checkpointing.timeout' = '60s';
SET 'execution.checkpointing.max-concurrent-checkpoints' = '1';
SET 'execution.checkpointing.externalized-checkpoint-retention' = 'RETAIN_ON_CANCELLATION';
SET 'execution.checkpointing.incremental' = 'true';
SET 'table.exec.sink.not-null-enforcer' = 'DROP';
SET 'table.dynamic-table-options.enabled' = 'true';
