"""A shop as a Django project has it, and every shape of index that an advice has."""

from backend_architect.tune.indexes.model import NewIndex, NewKey

INITIAL = """
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Customer",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("mail", models.TextField(db_column="email")),
                ("tags", models.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name="Purchase",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("buyer", models.ForeignKey(to="shop.Customer", on_delete=models.CASCADE, db_index=False)),
                ("state", models.TextField()),
                ("made", models.DateTimeField(null=True)),
                ("open", models.BooleanField(default=True)),
            ],
            options={"db_table": "bought"},
        ),
    ]
"""
RENAMED = """
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [
        migrations.RenameModel("Purchase", "Order"),
        migrations.AlterModelTable("Order", None),
        migrations.RenameField("order", "buyer", "customer"),
    ]
"""
TABLES = """
CREATE TABLE shop_customer (id bigint PRIMARY KEY, email text NOT NULL, tags jsonb NOT NULL);
CREATE TABLE shop_order (id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES shop_customer,
                         state text NOT NULL, made timestamptz, open boolean NOT NULL);
"""
APART = 'CREATE SCHEMA apart; CREATE TABLE apart."Odd ""n"" %ame" (a int, "b\'b" text)'


def index(table: str, *keys: NewKey | str, schema: str = "public", **more: object) -> NewIndex:
    """Return an index; a text is a plain column."""
    made = tuple(key if isinstance(key, NewKey) else NewKey(key) for key in keys)
    return NewIndex(schema, table, made, **more)  # type: ignore[arg-type]


PLAIN = index("shop_order", "customer_id", NewKey("made", descending=True, nulls_first=True))
COVERING = index("shop_order", "state", included=("id", "customer_id"))
PARTIAL = index("shop_order", "made", predicate="state = 'open' AND made IS NOT NULL AND open")
ODD_PARTIAL = index("shop_order", "id", predicate="state ~~ 'o:pen%'")
LAST = index("shop_order", NewKey("made", descending=True), "id")
EXPRESSION = index("shop_customer", NewKey("", "lower(email)"))
ODD_EXPRESSION = index("shop_customer", NewKey("", "(tags ->> 'a:b'::text)"), "id")
OPCLASS = index("shop_customer", NewKey("email", opclass="text_pattern_ops"))
GIN = index("shop_customer", NewKey("tags", opclass="jsonb_path_ops"), method="gin")
ELSEWHERE = index('Odd "n" %ame', "b'b", "a", schema="apart")
ALL = (PLAIN, COVERING, PARTIAL, ODD_PARTIAL, LAST, EXPRESSION, ODD_EXPRESSION, OPCLASS, GIN, ELSEWHERE)
