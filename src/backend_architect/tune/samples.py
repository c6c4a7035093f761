"""What sessions were seen doing, second by second: what they ran, what they waited for, and who held them up."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Waited:
    """A statement that sessions were seen in, and what they waited for ('' where they ran): as pg_stat_activity says.

    `sessions` counts each session once a sample, `most` is how many there were at one moment.
    """

    statement: str
    event: str
    sessions: int
    most: int


@dataclass(frozen=True, slots=True)
class Blocked:
    """Sessions that waited for a lock, and the session that held it. `seconds` is about how long they waited in all.

    `holder` is what that session ran last, `holder_state` may be `idle in transaction`; `most` waited at one moment.
    """

    statement: str
    holder: str
    holder_state: str
    holder_application: str
    event: str
    seconds: float
    most: int


@dataclass(frozen=True, slots=True)
class Samples:
    """What `taken` samples in `seconds` seconds show, the most first."""

    seconds: float
    taken: int
    waited: tuple[Waited, ...] = ()
    blocked: tuple[Blocked, ...] = ()

    @property
    def active(self) -> float:
        """Return how many sessions were busy at a moment, on average."""
        return sum(each.sessions for each in self.waited) / self.taken if self.taken else 0.0
