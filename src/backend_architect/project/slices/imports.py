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

from app.input import Changes, Input, Json
"""

QUERIES = f"""{STANDARD}
import msgspec
from asyncpg import Record

from app.database import Executor
from app.writes import take_turn, would_write
from app.errors import PreconditionFailed
from app.pagination import FIRST_ID, LAST_ID, Page, decode_cursor, make_page, make_search_page
from app.auth.viewer import ANONYMOUS, Viewer
from app.files import file_url
from app.input import decode_json, encode_json
"""

ROUTES = f"""{STANDARD}
from fastapi import APIRouter, Query, Request, Response

from app.auth.caller import SignedIn, Viewing, settled
from app.auth.viewer import ANONYMOUS
from app.cache import cached
from app.database import Db, Executor
from app.errors import Forbidden, allowed, found
from app.files import check_files
from app.idempotency import KEYED, once
from app.pagination import After, Limit, Page
from app.rate_limits import limited
from app.responses import IfMatch, created, no_content, ok, page
from app.routing import DirectRoute
"""
