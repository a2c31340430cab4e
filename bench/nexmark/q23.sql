-- Bids with their auction and its seller.
CREATE TABLE nexmark_q23 (auction BIGINT, bidder BIGINT, price BIGINT, itemName STRING, seller BIGINT, name STRING, city STRING) WITH (${sink});

INSERT INTO nexmark_q23
SELECT B.auction, B.bidder, B.price, A.itemName, A.seller, P.name, P.city
FROM bid AS B
INNER JOIN auction AS A ON B.auction = A.id
INNER JOIN person AS P ON A.seller = P.id;
