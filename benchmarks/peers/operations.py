"""The five operations that every candidate answers, and how each kind of candidate is asked for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

OPERATIONS: Final = ("read one", "list of 20", "feed", "create", "like")
WRITES: Final = frozenset({"create", "like"})
USERS, POSTS, PAGE = 10_000, 200_000, 20
CALLERS: Final = tuple(number * 7 for number in range(1, 1001))
"""The users who sign in, by number."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a candidate is asked: where its routes begin, how the id of a number is written, and where things stand."""

    prefix: str
    identifier: str
    like_method: str
    items: str | None
    before: str
    likes: str

    def path(self, operation: str, number: int) -> str:
        """Return the path of an operation on the post or the user with a number."""
        return self.path_format(operation).replace(self.identifier, self.identity(number))

    def path_format(self, operation: str) -> str:
        """Return the path of an operation, with the id as a format that takes a number."""
        paths = {
            "read one": f"/posts/{self.identifier}",
            "list of 20": f"/users/{self.identifier}/posts",
            "feed": "/feed",
            "create": "/posts",
            "like": f"/posts/{self.identifier}/like",
        }
        return self.prefix + paths[operation]

    def method(self, operation: str) -> str:
        """Return the HTTP method of an operation."""
        return {"create": "POST", "like": self.like_method}.get(operation, "GET")

    def identity(self, number: int) -> str:
        """Return the id of the row with a number."""
        return self.identifier % number

    def next_page(self, answer: Any) -> str:
        """Return the query string for what follows a list's answer."""
        return f"?{self.before}={answer['next'] if self.items else answer[-1]['id']}"

    def posts(self, answer: Any) -> "list[Seen]":
        """Return the posts of a list's answer."""
        return [self.post(item) for item in (answer[self.items] if self.items else answer)]

    def post(self, item: Mapping[str, Any]) -> "Seen":
        """Return a post as it was answered, in the form in which all candidates are compared."""
        author, at = item["author"], datetime.fromisoformat(item["created_at"].replace("Z", "+00:00"))
        names = (author["username"], author["display_name"])
        return Seen(str(item["id"]), item["body"], at, str(author["id"]), *names, int(item[self.likes]))


@dataclass(frozen=True, slots=True)
class Seen:
    """A post with its author and the number of its likes."""

    id: str
    body: str
    created_at: datetime
    author: str
    username: str
    display_name: str
    likes: int


PEER: Final = Dialect("", "%d", "POST", None, "before", "like_count")
BUILT: Final = Dialect("/v1", "00000000-0000-7000-8000-%012x", "PUT", "items", "after", "likes")
