-- Plays the shop into the topics that canal would fill (again: goes on where it stopped).
CALL sys.play_shop(orders => ${orders}, seed => ${seed});
