-- The whole warehouse: plays the shop, starts every layer, waits until all have caught up, shows and checks the indicators.
SOURCE 'play.sql';
SOURCE 'ods.sql';
SOURCE 'dim.sql';
SOURCE 'dwd.sql';
SOURCE 'ads.sql';
SHOW JOBS;
SOURCE 'await.sql';
SOURCE 'show.sql';
SOURCE 'check.sql';
