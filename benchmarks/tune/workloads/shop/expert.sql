-- Made by hand against EXPLAIN of the loaded shop, before any advice was seen. Budget: 128 MiB.

-- Lists and point look-ups that carry the load.
CREATE INDEX ON order_items (order_id);
CREATE INDEX ON order_items (product_id) INCLUDE (order_id);
CREATE INDEX ON orders (user_id, created_at DESC, id DESC) INCLUDE (status, total);
CREATE INDEX ON reviews (product_id, created_at DESC) INCLUDE (rating) WHERE approved;
CREATE INDEX ON users (id) INCLUDE (name);  -- the reviewers' names without their rows
CREATE INDEX ON users (lower(email));  -- not partial: a partial index's statistics on an expression are not used
CREATE INDEX ON payments (order_id);
CREATE INDEX ON payments (provider_reference) WHERE provider = 'stripe';
CREATE INDEX ON inventory_moves (product_id, created_at DESC);
CREATE INDEX ON products (category_id, created_at DESC, id DESC) INCLUDE (name, price) WHERE status = 'active' AND deleted_at IS NULL;
CREATE INDEX ON products (category_id, price, id) INCLUDE (name) WHERE status = 'active' AND deleted_at IS NULL;
CREATE INDEX ON products (sku text_pattern_ops);

-- Search.
CREATE INDEX ON products USING gin (to_tsvector('english', name || ' ' || description)) WHERE status = 'active';
CREATE INDEX ON products USING gin (name gin_trgm_ops);
CREATE INDEX ON products USING gin (tags) WHERE status = 'active';
CREATE INDEX ON products USING gin (attributes jsonb_path_ops) WHERE status = 'active';

-- The few rows that somebody waits for.
CREATE INDEX ON orders (status, created_at) WHERE status IN ('pending', 'paid');
CREATE INDEX ON orders (coupon_code, created_at DESC) WHERE coupon_code IS NOT NULL;
CREATE INDEX ON payments (created_at) WHERE status = 'pending';
CREATE INDEX ON reviews (created_at) WHERE NOT approved;
CREATE INDEX ON users (country, last_seen_at DESC NULLS LAST) WHERE deleted_at IS NULL;

-- Reports by time.
CREATE INDEX ON orders (created_at);
CREATE INDEX ON inventory_moves (created_at);
