"""What people keep to themselves is not shown to everybody by a rule that nobody thought about."""

import re
from collections.abc import Iterator

from sqlglot import exp

from backend_architect.design.hidden import rule_or_none
from backend_architect.design.load import LoadedDesign
from backend_architect.design.model import Field, FieldType
from backend_architect.errors import Problem

SENSITIVE = re.compile(
    r"(^|_)(salar(y|ies)|wages?|income|balance|iban|bic|account_number|card_number|cvc|cvv|ssn|passport|tax_id|tax_number|"
    r"diagnos[ei]s|medications?|medicines?|allerg(y|ies)|blood_type|blood_pressure|symptoms?|disabilit(y|ies)|health|"
    r"weight_kg|grades?|birth|birthday|birthdate|born|born_on|born_at|dob|date_of_birth|religion|ethnicity|sexuality|"
    r"pregnan(t|cy)|phone|phone_number|mobile|home_address|address|street|e?mail|email_address|secret|password|passcode|"
    r"token|pin|api_key|ip_address|latitude|longitude|criminal_record|union_member)($|_)"
)
OF_SOMETHING_ELSE = re.compile(r"(^|_)(count|url|id|enabled|verified|required|notifications?)$")


def is_sensitive(item: Field) -> bool:
    """Return whether a field looks like what people keep to themselves, by its name or as an e-mail address."""
    if item.is_reference or OF_SOMETHING_ELSE.search(item.name):
        return False
    return item.type is FieldType.EMAIL or SENSITIVE.search(item.name) is not None


def warn_sensitive_fields(loaded: LoadedDesign) -> Iterator[Problem]:
    """Yield `anyone-reads-sensitive`."""
    for entity in loaded.design.entities.values():
        rule = rule_or_none(loaded.design, entity, entity.allow.get("read"))
        if not (isinstance(rule, exp.Boolean) and rule.this):
            continue
        names = [f"`{item.name}`" for item in entity.fields.values() if is_sensitive(item) and item.read is None]
        if names:
            message = f"anyone may read {', '.join(names)} of every {entity.name}, without signing in"
            fix = "give the field a rule of its own, such as `read: id = me`, or narrow the read rule"
            yield loaded.warning("anyone-reads-sensitive", f"entities.{entity.name}.allow.read", message, fix)
