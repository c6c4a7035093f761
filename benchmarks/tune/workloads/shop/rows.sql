-- 80 k users, 30 k products, 300 k orders of 700 k items, 500 k inventory moves: 18 months of a shop.
SET session_replication_role = replica;  -- the rows below hold what foreign keys ask for
SELECT setseed(0.11);

INSERT INTO users (id, email, name, country, created_at, last_seen_at, deleted_at)
SELECT g, 'User.' || g || '@' || (ARRAY['gmail.com', 'example.org', 'mail.net'])[1 + g % 3], 'Customer ' || g,
       (ARRAY['US', 'US', 'US', 'DE', 'DE', 'FR', 'GB', 'NL', 'SE', 'CL'])[1 + floor(10 * random())::int],
       '2023-01-01'::timestamptz + g * interval '22 minutes',
       CASE WHEN random() < 0.7 THEN '2026-06-30'::timestamptz - power(random(), 3) * interval '500 days' END,
       CASE WHEN random() < 0.04 THEN '2026-01-01'::timestamptz + random() * interval '150 days' END
FROM generate_series(1, 80000) g;

INSERT INTO categories (id, parent_id, name, slug)
SELECT g, CASE WHEN g > 20 THEN 1 + g % 20 END, 'Category ' || g, 'category-' || g FROM generate_series(1, 300) g;

INSERT INTO products (id, sku, category_id, name, description, price, stock, status, attributes, tags, created_at, deleted_at)
SELECT g, chr(65 + g % 26) || chr(65 + g % 23) || '-' || lpad(g::text, 7, '0'), 1 + floor(300 * power(random(), 2))::int,
       (ARRAY['Oak', 'Steel', 'Linen', 'Copper', 'Glass', 'Wool', 'Bamboo', 'Marble'])[1 + floor(8 * random())::int] || ' ' ||
       (ARRAY['lamp', 'table', 'chair', 'kettle', 'rug', 'shelf', 'mirror', 'desk', 'clock', 'vase', 'stool', 'bench', 'bowl',
              'tray', 'basket', 'candle', 'sofa', 'curtain', 'pillow', 'blanket'])[1 + floor(20 * power(random(), 2))::int]
       || ' model ' || substr(md5(g::text), 1, 5),
       'Made in batch ' || md5((g % 5000)::text) || ', shipped from warehouse ' || g % 40 || ' with '
       || (ARRAY['free returns', 'two years of warranty', 'a care kit', 'spare screws'])[1 + g % 4],
       round((5 + 900 * power(random(), 3))::numeric, 2), floor(400 * power(random(), 2))::int,
       CASE WHEN random() < 0.82 THEN 'active' WHEN random() < 0.6 THEN 'retired' ELSE 'draft' END,
       jsonb_build_object('color', (ARRAY['black', 'white', 'oak', 'red', 'blue', 'green', 'sand', 'brass'])[1 + floor(8 * random())::int],
                          'width', 10 + floor(190 * random())::int, 'material', 'm' || floor(60 * power(random(), 2))::int),
       ARRAY['t' || floor(400 * power(random(), 3))::int, 't' || (400 + floor(200 * random())::int)],
       '2023-01-01'::timestamptz + g * interval '61 minutes',
       CASE WHEN random() < 0.05 THEN '2026-05-01'::timestamptz END
FROM generate_series(1, 30000) g;

INSERT INTO cart_items (user_id, product_id, quantity, added_at)
SELECT DISTINCT ON (u, p) u, p, 1, '2026-06-30'::timestamptz - power(random(), 4) * interval '90 days'
FROM (SELECT 1 + floor(80000 * random())::bigint AS u, 1 + floor(30000 * power(random(), 2))::bigint AS p
      FROM generate_series(1, 60000)) c;

INSERT INTO orders (id, user_id, status, total, coupon_code, address, created_at, shipped_at)
SELECT g, 1 + (floor(80000 * power(random(), 2.5))::bigint * 7919) % 80000,
       CASE WHEN g > 298000 THEN (ARRAY['pending', 'paid', 'paid', 'shipped'])[1 + g % 4]
            WHEN random() < 0.07 THEN 'cancelled' WHEN random() < 0.002 THEN 'pending' ELSE 'delivered' END,
       round((10 + 400 * power(random(), 3))::numeric, 2),
       CASE WHEN random() < 0.06 THEN 'CODE' || floor(500 * power(random(), 2))::int END,
       jsonb_build_object('street', 'Street ' || g % 900, 'city', 'City ' || g % 700, 'zip', lpad((g % 99999)::text, 5, '0')),
       '2025-01-01'::timestamptz + g * interval '157 seconds',
       CASE WHEN g < 298000 THEN '2025-01-03'::timestamptz + g * interval '157 seconds' END
FROM generate_series(1, 300000) g;

INSERT INTO order_items (order_id, product_id, quantity, price)
SELECT o, 1 + (floor(30000 * power(random(), 3))::bigint * 7877) % 30000, 1 + floor(3 * power(random(), 4))::int,
       round((5 + 300 * power(random(), 3))::numeric, 2)
FROM generate_series(1, 300000) o, generate_series(1, 1 + (o * 31) % 4) AS line WHERE line < 4 OR o % 3 = 0;

INSERT INTO payments (order_id, provider, provider_reference, status, amount, created_at)
SELECT g, (ARRAY['stripe', 'stripe', 'stripe', 'paypal', 'klarna'])[1 + g % 5], 'ch_' || substr(md5('p' || g), 1, 20),
       CASE WHEN g > 299500 AND g % 2 = 0 THEN 'pending' WHEN random() < 0.03 THEN 'failed' ELSE 'succeeded' END,
       round((10 + 400 * power(random(), 3))::numeric, 2), '2025-01-01'::timestamptz + g * interval '157 seconds'
FROM generate_series(1, 300000) g;

INSERT INTO reviews (product_id, user_id, rating, body, approved, created_at)
SELECT DISTINCT ON (u, p) p, u, 1 + floor(5 * sqrt(random()))::int, 'Review ' || md5(u::text || p::text) || repeat(' fine', 12),
       random() < 0.93, '2025-01-01'::timestamptz + random() * interval '540 days'
FROM (SELECT 1 + floor(80000 * random())::bigint AS u, 1 + (floor(30000 * power(random(), 3))::bigint * 7877) % 30000 AS p
      FROM generate_series(1, 150000)) r;

INSERT INTO inventory_moves (product_id, delta, reason, created_at)
SELECT 1 + (floor(30000 * power(random(), 2))::bigint * 7877) % 30000, CASE WHEN g % 10 = 0 THEN 50 ELSE -1 END,
       (ARRAY['sale', 'sale', 'sale', 'return', 'delivery'])[1 + g % 5], '2025-01-01'::timestamptz + g * interval '94 seconds'
FROM generate_series(1, 500000) g;

SET session_replication_role = origin;
