"""Codes of findings that have another name now: they go on working where somebody wrote them down."""

FORMER_CODES = {
    "nested-loop-surprised": "nested-loop-misestimate",
    "partitions-searched-in-vain": "partitions-without-matches",
    "rows-read-in-vain": "rows-removed-by-filter",
    "unfitting-memory": "memory-settings",
    "unwise-setting": "costly-setting",
    "updates-not-in-place": "low-hot-update-ratio",
}
"""The present code by the former one."""


def present_key(key: str) -> str:
    """Return the key of a finding, `<code>:<subject>`, with the code of today."""
    code, colon, subject = key.partition(":")
    return f"{FORMER_CODES.get(code, code)}{colon}{subject}"


def former_codes_of(code: str) -> list[str]:
    """Return the names that a code had."""
    return [former for former, present in FORMER_CODES.items() if present == code]
