# ruff: noqa: E501 - what is edited stands here as it stands in its file
"""Mistakes as people make them, each planted into one statement of a built project, and what must be said of it."""

from dataclasses import dataclass

from tests.proof.plans.conftest import Edit

POSTS, USERS, COMMENTS = "app/posts/queries.py", "app/users/queries.py", "app/comments/queries.py"
SCHEMA, AUTH = "migrations/0002_schema.sql", "migrations/0003_auth.sql"


@dataclass(frozen=True)
class Planted:
    """A mistake: the statements that it spoils, and the texts that the advice for each must hold."""

    name: str
    edit: Edit
    spoilt: dict[str, tuple[str, ...]]


def _where(table: str, old: str, new: str, file: str) -> Edit:
    return Edit(file, old, new)


SQL = (
    Planted(
        "a LIMIT removed",
        Edit(
            POSTS,
            "AND (posts.created_at, posts.id) < (:after_key, :after_id)\nORDER BY posts.created_at DESC, posts.id DESC LIMIT :limit\n"
            '"""\n\n\n@repeatable\nasync def of_user',
            'AND (posts.created_at, posts.id) < (:after_key, :after_id)\nORDER BY posts.created_at DESC, posts.id DESC\n"""\n\n\n'
            "@repeatable\nasync def of_user",
        ),
        {"posts.of_user": ("unbounded-read", "LIMIT")},
    ),
    Planted(
        "pages by OFFSET",
        Edit(COMMENTS, "ORDER BY comments.created_at, comments.id LIMIT :limit", "ORDER BY comments.created_at LIMIT 20 OFFSET :limit"),
        {"comments.of_post": ("offset-page", "comments.created_at")},
    ),
    Planted(
        "random order",
        Edit(POSTS, "ORDER BY posts.likes_count DESC, posts.id DESC LIMIT :limit\n) AS chosen", "ORDER BY random() LIMIT :limit\n) AS chosen"),
        {"posts.trending": ("order-by-random",)},
    ),
    Planted(
        "a search that walks until a page has the words",
        Edit(
            POSTS,
            "ORDER BY posts.created_at DESC, posts.id DESC LIMIT 3000\n    ) AS posts",
            "ORDER BY posts.created_at DESC, posts.id DESC\n    ) AS posts",
        ),
        {"posts.search": ("bounded number of rows", "GIN index")},
    ),
    Planted(
        "a function on an indexed column",
        Edit(USERS, "FROM users\nWHERE users.id = :id\n", "FROM users\nWHERE lower(users.handle) = lower(:id::text)\n"),
        {"users.read": ("function-on-column", "ON users (lower(handle))")},
    ),
    Planted(
        "a cast of a column to a date",
        Edit(COMMENTS, "FROM comments {JOINS}\nWHERE comments.id = :id\n", "FROM comments {JOINS}\nWHERE comments.created_at::date = :id::date\n"),
        {"comments.read": ("cast-on-column", "created_at >= CAST($")},
    ),
    Planted(
        "an OR across tables",
        Edit("app/auth/accounts.py", "ON a.user_id = u.id WHERE u.id = :user", "ON a.user_id = u.id WHERE u.handle = :user::text OR a.email = :user::text"),
        {"auth.read_me": ("or-across-columns", "UNION")},
    ),
    Planted(
        "a column without an index",
        Edit("app/likes/queries.py", "WHERE likes.user_id = :me AND likes.post_id = :post_id", "WHERE likes.created_at = :me::timestamptz"),
        {"likes.delete": ("CONCURRENTLY likes_created_at_idx ON likes (created_at)",)},
    ),
    Planted(
        "NOT IN a large table",
        Edit(POSTS, "WHERE posts.id = :id AND {VISIBLE}\n\"\"\"\n\n\n@repeatable\nasync def report", "WHERE posts.id NOT IN (SELECT post_id FROM likes) LIMIT 20\n\"\"\"\n\n\n@repeatable\nasync def report"),
        {"posts.report": ("not-in-subquery", "NOT EXISTS")},
    ),
    Planted(
        "a count of all rows",
        Edit(POSTS, "SELECT /* posts.read */ {COLUMNS}\nFROM posts {JOINS}\nWHERE posts.id = :id AND {VISIBLE}", "SELECT /* posts.read */ count(*)\nFROM posts"),
        {"posts.read": ("count-of-all", "counts:")},
    ),
    Planted(
        "an unbounded computed field",
        Edit(USERS, "SELECT /* users.followers_of_user */\n    {COLUMNS},", "SELECT /* users.followers_of_user */\n    {COLUMNS}, (SELECT count(*) FROM comments WHERE comments.author_id = users.id) AS written,"),
        {"users.followers_of_user": ("counts:", "comments")},
    ),
    Planted(
        "a delete by an unindexed text",
        Edit(COMMENTS, "comments.delete */ FROM comments\nWHERE comments.id = :id\n", "comments.delete */ FROM comments\nWHERE comments.body = :id::text\n"),
        {"comments.delete": ("ON comments (body)",)},
    ),
    Planted(
        "a key compared as text",
        Edit("app/follows/queries.py", "WHERE follows.follower_id = :me AND follows.target_id = :target_id", "WHERE follows.follower_id::text = :me"),
        {"follows.delete": ("cast-on-column", "cast the value instead of the column: follower_id")},
    ),
    Planted(
        "an order that no index follows",
        Edit(
            POSTS,
            "SELECT candidate.id FROM follows AS source",
            "SELECT candidate.id FROM posts AS candidate ORDER BY candidate.comments_count DESC LIMIT :limit\n) AS chosen\n"
            "JOIN posts ON posts.id = chosen.id {JOINS}\nWHERE :me::uuid IS NOT NULL OR :after_key::timestamptz IS NULL OR :after_id::uuid IS NULL\n"
            '"""\n\nOLD_FEED = f"""\nSELECT /* posts.old_feed */ {COLUMNS}\nFROM (\n    SELECT candidate.id FROM follows AS source',
        ),
        {"posts.feed": ("ON posts (comments_count",)},
    ),
)  # fmt: skip

SCHEMAS = (
    Planted(
        "a list whose index is removed",
        Edit(
            SCHEMA,
            "CREATE INDEX posts_author_id_created_at_idx ON posts (author_id, created_at DESC, id DESC);\n",
            "",
            "DROP INDEX posts_author_id_created_at_idx",
        ),
        {
            "posts.of_user": ("CREATE INDEX CONCURRENTLY posts_author_id", "ON posts (author_id"),
            "posts.feed": ("ON posts (author_id",),
            "users.delete": ("unindexed-foreign-key", "CREATE INDEX CONCURRENTLY ON posts (author_id)"),
            "auth.delete_user_without_account": ("ON posts (author_id)",),
        },
    ),
    Planted(
        "a foreign key without its index",
        Edit(SCHEMA, "CREATE INDEX likes_post_id_idx ON likes (post_id);\n", "", "DROP INDEX likes_post_id_idx"),
        {"posts.delete": ("ON likes (post_id)", "ON comments (post_id)"), "users.delete": (), "auth.delete_user_without_account": ()},
    ),
    Planted(
        "an index with its columns in the wrong order",
        Edit(
            SCHEMA,
            "ON comments (post_id, created_at, id);",
            "ON comments (created_at, id, post_id);",
            "DROP INDEX comments_post_id_created_at_idx; CREATE INDEX ON comments (created_at, id, post_id)",
        ),
        {
            "comments.of_post": ("CREATE INDEX CONCURRENTLY comments_post_id", "ON comments (post_id"),
            "posts.delete": (), "users.delete": (), "auth.delete_user_without_account": (),
        },
    ),
    Planted(
        "an index for some rows only",
        Edit(
            SCHEMA,
            "ON follows (target_id, created_at DESC, follower_id DESC);",
            "ON follows (target_id, created_at DESC, follower_id DESC) WHERE created_at > '2020-01-01';",
            "DROP INDEX follows_target_id_created_at_follower_id_idx; CREATE INDEX ON follows "
            "(target_id, created_at DESC, follower_id DESC) WHERE created_at > '2020-01-01'",
        ),
        {
            "users.followers_of_user": ("ON follows (target_id",),
            "users.delete": (), "auth.delete_user_without_account": (),
        },
    ),
    Planted(
        "a search without its index",
        Edit(SCHEMA, "CREATE INDEX posts_search_idx ON posts USING gin (search);\n", "", "DROP INDEX posts_search_idx"),
        {"posts.search": ("ON posts USING gin (search)",)},
    ),
    Planted(
        "a sign-in without the index of its expression",
        Edit(
            AUTH,
            "CREATE UNIQUE INDEX auth_accounts_email_key ON auth_accounts (lower(email));\n",
            "",
            "DROP INDEX auth_accounts_email_key",
        ),
        {
            "auth.find_account": ("ON auth_accounts ((lower(email)))",),
            "auth.grant_role": ("ON auth_accounts ((lower(email)))",),
        },
    ),
    Planted(
        "sessions without the index of their user",
        Edit(
            AUTH,
            "CREATE INDEX auth_sessions_user_id_idx ON auth_sessions (user_id);\n",
            "",
            "DROP INDEX auth_sessions_user_id_idx",
        ),
        {
            "auth.open_session": ("ON auth_sessions (user_id",),
            "auth.revoke": (), "users.delete": (), "auth.delete_user_without_account": (), "auth.find_account": (),
        },
    ),
)  # fmt: skip

SHOP = (
    Planted(
        "a leading wildcard",
        Edit(
            "app/products/queries.py",
            "FROM (\n        SELECT * FROM products WHERE (products.created_at, products.id) < (:after_key, :after_id)\n"
            "        ORDER BY products.created_at DESC, products.id DESC LIMIT 3000\n    ) AS products\n"
            "    WHERE products.on_sale AND (products.on_sale OR :is_staff)\n"
            "      AND products.search @@ websearch_to_tsquery('simple', :q)\n",
            "FROM products\n    WHERE products.on_sale AND (products.on_sale OR :is_staff)\n"
            "      AND products.name ILIKE '%' || :q::text || '%'\n",
        ),
        {"products.search": ("leading-wildcard", "gin (name gin_trgm_ops)", "match:")},
    ),
    Planted(
        "an order that mixes directions against its index",
        Edit(
            "app/orders/queries.py",
            "WHERE (orders.customer_id = :me OR :is_staff) AND (orders.created_at, orders.id) < (:after_key, :after_id)\n"
            "ORDER BY orders.created_at DESC, orders.id DESC LIMIT :limit",
            "WHERE (orders.customer_id = :me OR :is_staff) AND (orders.created_at, orders.id) < (:after_key, :after_id)\n"
            "ORDER BY orders.state, orders.created_at LIMIT :limit",
        ),
        {"orders.orders": ("an ORDER BY that follows one",)},
    ),
    Planted(
        "a rare kind without its index",
        Edit(
            SCHEMA,
            "CREATE INDEX products_stock_created_at_idx ON products (stock, created_at DESC, id DESC);\n",
            "",
            "DROP INDEX products_stock_created_at_idx",
        ),
        {"products.sold_out": ("ON products (stock) WHERE stock = 0",)},
    ),
    Planted(
        "a sum over everybody's lines",
        Edit(
            "app/shipments/queries.py",
            "SELECT /* shipments.of_order */ {COLUMNS}",
            "SELECT /* shipments.of_order */ {COLUMNS}, (SELECT sum(quantity) FROM order_lines) AS sold",
        ),
        {"shipments.of_order": ("order_lines",)},
    ),
    Planted(
        "lines without an index for their order",
        Edit(
            SCHEMA,
            "CREATE INDEX order_lines_product_id_idx ON order_lines (product_id);\n",
            "",
            "DROP INDEX order_lines_product_id_idx",
        ),
        {"products.delete": ("ON order_lines (product_id)",)},
    ),
)
