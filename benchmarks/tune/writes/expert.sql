-- Made by hand before any advice was seen, from the schema, the statements and EXPLAIN.

-- Nothing reads these that another index would not serve as well.
DROP INDEX rentals_code_idx;         -- the unique key's own index is the same
DROP INDEX rentals_shop_idx;         -- the beginning of (shop_id, created_at)
DROP INDEX bikes_zone_idx;           -- the beginning of (zone_id, status)
DROP INDEX sessions_token_hash_idx;  -- the primary key answers the same
DROP INDEX pings_at_idx1;            -- twice the same
DROP INDEX docks_kind_idx;           -- no statement asks for a kind alone

-- These stop updates in place of the rows that change most, for next to no reads.
DROP INDEX bikes_seen_at_idx;        -- 1,500 moves for one look at 5,000 rows
DROP INDEX rentals_updated_at_idx;   -- nobody reads it
DROP INDEX rentals_status_idx;       -- only rentals.late could, and 97 % of the rows are 'returned'
DROP INDEX messages_state_idx;       -- the partial index below is all that the queue needs

-- What is read often enough to pay for.
CREATE INDEX ON pings (rental_id, at DESC);
CREATE INDEX ON rentals (bike_id) WHERE status IN ('booked', 'out');
CREATE INDEX ON messages (send_after) WHERE state = 'waiting';
CREATE INDEX ON messages (created_at);
CREATE INDEX ON outbox (published_at) WHERE published_at IS NOT NULL;
