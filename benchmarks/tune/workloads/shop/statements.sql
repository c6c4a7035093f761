-- A shop's day in pg_stat_statements' form; the weight is how often each runs.

-- weight: 900
SELECT /* users.by_email */ id, name, email FROM users WHERE lower(email) = lower($1) AND deleted_at IS NULL;

-- weight: 2000
SELECT /* products.one */ id, name, description, price, stock, attributes FROM products WHERE id = $1 AND deleted_at IS NULL;

-- weight: 500
SELECT /* products.by_category */ id, name, price FROM products
WHERE category_id = $1 AND status = 'active' AND deleted_at IS NULL ORDER BY created_at DESC, id DESC LIMIT 24;

-- weight: 200
SELECT /* products.by_category_next */ id, name, price FROM products
WHERE category_id = $1 AND status = 'active' AND deleted_at IS NULL AND (created_at, id) < ($2, $3)
ORDER BY created_at DESC, id DESC LIMIT 24;

-- weight: 120
SELECT /* products.by_price */ id, name, price FROM products
WHERE category_id = $1 AND status = 'active' AND deleted_at IS NULL AND price BETWEEN $2 AND $3 ORDER BY price, id LIMIT 24;

-- weight: 60
SELECT /* products.search */ id, name, price FROM products
WHERE to_tsvector('english', name || ' ' || description) @@ websearch_to_tsquery('english', $1) AND status = 'active' LIMIT 40;

-- weight: 15
SELECT /* products.suggest */ id, name FROM products WHERE name ILIKE '%marble vase%' AND deleted_at IS NULL LIMIT 10;

-- weight: 40
SELECT /* products.by_sku */ id, sku, name, stock FROM products WHERE sku LIKE 'AB-00012%' ORDER BY sku LIMIT 20;

-- weight: 40
SELECT /* products.by_tag */ id, name, price FROM products WHERE tags @> ARRAY[$1::text] AND status = 'active' LIMIT 40;

-- weight: 30
SELECT /* products.by_attributes */ id, name, price FROM products WHERE attributes @> $1::jsonb AND status = 'active' LIMIT 40;

-- weight: 8
SELECT /* products.low_stock */ id, sku, stock FROM products WHERE status = 'active' AND deleted_at IS NULL AND stock < 2 ORDER BY stock;

-- weight: 300
SELECT /* cart.of_user */ c.product_id, c.quantity, p.name, p.price FROM cart_items c JOIN products p ON p.id = c.product_id
WHERE c.user_id = $1 ORDER BY c.added_at;

-- weight: 800
SELECT /* orders.of_user */ id, status, total, created_at FROM orders WHERE user_id = $1 ORDER BY created_at DESC, id DESC LIMIT 20;

-- weight: 150
SELECT /* orders.of_user_next */ id, status, total, created_at FROM orders
WHERE user_id = $1 AND (created_at, id) < ($2, $3) ORDER BY created_at DESC, id DESC LIMIT 20;

-- weight: 700
SELECT /* order_items.of_order */ i.id, i.quantity, i.price, p.name FROM order_items i JOIN products p ON p.id = i.product_id
WHERE i.order_id = $1;

-- weight: 30
SELECT /* orders.to_ship */ id, user_id, total, address FROM orders WHERE status = 'paid' ORDER BY created_at LIMIT 50;

-- weight: 20
SELECT /* orders.open */ status, count(*) FROM orders WHERE status IN ('pending', 'paid') GROUP BY status;

-- weight: 6
SELECT /* orders.of_day */ count(*), sum(total) FROM orders
WHERE created_at >= '2026-03-03' AND created_at < '2026-03-04' AND status <> 'cancelled';

-- weight: 30
SELECT /* orders.by_coupon */ id, user_id, total FROM orders WHERE coupon_code = $1 ORDER BY created_at DESC LIMIT 100;

-- weight: 0.1
SELECT /* orders.by_country */ u.country, count(*), sum(o.total) FROM orders o JOIN users u ON u.id = o.user_id
WHERE o.created_at >= '2026-05-01' AND o.created_at < '2026-06-01' GROUP BY u.country;

-- weight: 250
SELECT /* payments.by_reference */ id, order_id, status FROM payments WHERE provider = 'stripe' AND provider_reference = $1;

-- weight: 300
SELECT /* payments.of_order */ id, status, amount, created_at FROM payments WHERE order_id = $1 ORDER BY created_at;

-- weight: 12
SELECT /* payments.stuck */ id, order_id, provider FROM payments WHERE status = 'pending' AND created_at < now() - interval '1 hour';

-- weight: 900
SELECT /* reviews.of_product */ r.id, r.rating, r.body, r.created_at, u.name FROM reviews r JOIN users u ON u.id = r.user_id
WHERE r.product_id = $1 AND r.approved ORDER BY r.created_at DESC LIMIT 10;

-- weight: 900
SELECT /* reviews.average */ count(*), avg(rating) FROM reviews WHERE product_id = $1 AND approved;

-- weight: 5
SELECT /* reviews.to_approve */ id, product_id, body FROM reviews WHERE NOT approved ORDER BY created_at LIMIT 50;

-- weight: 1
SELECT /* products.bestsellers */ i.product_id, sum(i.quantity) AS sold FROM order_items i JOIN orders o ON o.id = i.order_id
WHERE o.created_at >= '2026-06-01' AND o.created_at < '2026-06-08' GROUP BY i.product_id ORDER BY sold DESC LIMIT 20;

-- weight: 40
SELECT /* products.also_bought */ b.product_id, count(*) AS times FROM order_items a JOIN order_items b ON b.order_id = a.order_id
WHERE a.product_id = $1 AND b.product_id <> $1 GROUP BY b.product_id ORDER BY times DESC LIMIT 8;

-- weight: 60
SELECT /* orders.has_bought */ EXISTS (SELECT FROM orders o JOIN order_items i ON i.order_id = o.id
WHERE o.user_id = $1 AND i.product_id = $2);

-- weight: 3
SELECT /* inventory.of_day */ product_id, sum(delta) FROM inventory_moves
WHERE created_at >= '2026-03-03' AND created_at < '2026-03-04' GROUP BY product_id;

-- weight: 60
SELECT /* inventory.of_product */ id, delta, reason, created_at FROM inventory_moves WHERE product_id = $1 ORDER BY created_at DESC LIMIT 50;

-- weight: 4
SELECT /* users.last_seen */ id, name, last_seen_at FROM users WHERE country = $1 AND deleted_at IS NULL
ORDER BY last_seen_at DESC NULLS LAST LIMIT 50;

-- weight: 160
INSERT INTO /* orders.place */ orders (user_id, total, coupon_code, address) VALUES ($1, $2, $3, $4) RETURNING id;

-- weight: 380
INSERT INTO /* order_items.add */ order_items (order_id, product_id, quantity, price) VALUES ($1, $2, $3, $4);

-- weight: 160
INSERT INTO /* payments.start */ payments (order_id, provider, provider_reference, status, amount) VALUES ($1, $2, $3, 'pending', $4);

-- weight: 320
UPDATE /* orders.set_status */ orders SET status = $2, shipped_at = coalesce($3, shipped_at) WHERE id = $1;

-- weight: 160
UPDATE /* payments.settle */ payments SET status = $2 WHERE id = $1;

-- weight: 380
UPDATE /* products.take */ products SET stock = stock - $2 WHERE id = $1 AND stock >= $2;

-- weight: 420
INSERT INTO /* inventory.move */ inventory_moves (product_id, delta, reason) VALUES ($1, $2, $3);

-- weight: 600
UPDATE /* users.seen */ users SET last_seen_at = now() WHERE id = $1;
