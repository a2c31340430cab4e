-- A condition above is asked inside: rows come and go with it.
-- Over: users
-- Compare: changes
SET 'table.exec.source.cdc-events-duplicate' = 'true';
SELECT name, score FROM users WHERE score > 12;
-- Flink 2.3 gives:
--   +I Bob | 30
--   +I Cyd | 20
--   +I Ann | 15
--   +I Dan | 40
--   -D Bob | 30
--   +I Bea | 30
--   -D Dan | 40
--   -D Ann | 15
--   +I Fay | 30
--   +I Eve | 25
--   -D Fay | 30
