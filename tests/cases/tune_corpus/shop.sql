-- indexes one too many, covered, of one value, and unused; keys of other types
CREATE TABLE goods (id bigserial PRIMARY KEY, sku varchar(40) NOT NULL, price numeric(12, 2), active boolean NOT NULL DEFAULT true, attributes jsonb);
CREATE TABLE baskets (id bigserial PRIMARY KEY, owner varchar(20), state char(1) NOT NULL DEFAULT 'o', made timestamptz DEFAULT now());
CREATE TABLE lines (basket int NOT NULL, good int NOT NULL REFERENCES goods, amount int NOT NULL, PRIMARY KEY (basket, good));
CREATE INDEX goods_sku ON goods (sku); CREATE INDEX goods_sku_price ON goods (sku, price); CREATE INDEX goods_sku_again ON goods (sku);
CREATE INDEX goods_active ON goods (active); CREATE INDEX goods_sku_hash ON goods USING hash (sku); CREATE INDEX goods_plain ON goods (price);
CREATE INDEX goods_covering ON goods (price) INCLUDE (sku);
INSERT INTO goods (sku, price, attributes) SELECT 's' || i, i % 90, jsonb_build_object('colour', i % 9) FROM generate_series(1, 3000) i;
INSERT INTO baskets (owner) SELECT 'o' || i % 300 FROM generate_series(1, 3000) i;
INSERT INTO lines SELECT 1 + i % 3000, 1 + (i * 7) % 3000, 2 FROM generate_series(1, 5000) i ON CONFLICT DO NOTHING;

-- workload
SELECT b.id, sum(l.amount * g.price) FROM baskets b JOIN lines l ON l.basket = b.id JOIN goods g ON g.id = l.good WHERE b.owner = $1 GROUP BY b.id;
SELECT * FROM goods WHERE attributes @> '{"colour": 3}' AND active AND price BETWEEN $1 AND $2 ORDER BY price, id LIMIT 20;
SELECT * FROM baskets WHERE made::date = $1;
SELECT * FROM baskets WHERE state = 'o' AND made < now() - interval '1 hour';
INSERT INTO lines (basket, good, amount) VALUES ($1, $2, $3) ON CONFLICT (basket, good) DO UPDATE SET amount = lines.amount + excluded.amount;
SELECT random() < 0.5, g.* FROM goods g ORDER BY random() LIMIT 3;
