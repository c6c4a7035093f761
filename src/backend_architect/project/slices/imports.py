"""What a generated module may import. Formatting drops what it does not use and sorts the rest."""

STANDARD = """
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID
"""

SCHEMAS = f"""{STANDARD}
from pydantic import AwareDatetime, Field

from app.core.input import Changes, Input, Json
"""

QUERIES = f"""{STANDARD}
import msgspec
from asyncpg import Record

from app.core.actions import Conflicting, judged
from app.core.database import Executor, repeatable
from app.core.writes import take_turn, would_write
from app.core.errors import PreconditionFailed
from app.core.pagination import FIRST_ID, LAST_ID, Page, decode_cursor, make_page, make_search_page
from app.auth.viewer import ANONYMOUS, Viewer
from app.core.files import file_url
from app.core.input import decode_json, encode_json
"""

ROUTES = f"""{STANDARD}
from fastapi import APIRouter, Query, Request, Response

from app.auth.caller import SignedIn, Viewing, settled
from app.auth.viewer import ANONYMOUS
from app.core.cache import cached
from app.core.database import Db, Executor
from app.core.errors import Forbidden, allowed, found
from app.core.files import check_files
from app.core.idempotency import KEYED, once
from app.core.input import Text
from app.core.pagination import After, Limit, Page
from app.core.rate_limits import limited
from app.core.responses import IfMatch, created, no_content, ok, page
"""
