"""The checksum of a page, as storage/checksum_impl.h computes it (a parallel FNV-1a)."""

import struct
from functools import lru_cache

PRIME = 16777619
WORD = 0xFFFFFFFF
CHECKSUM_AT = 8
OFFSETS = (
    0x5B1F36E9, 0xB8525960, 0x02AB50AA, 0x1DE66D2A, 0x79FF467A, 0x9BB9F8A3, 0x217E7CD2, 0x83E13D2C,
    0xF8D4474F, 0xE39EB970, 0x42C6AE16, 0x993216FA, 0x7B093B5D, 0x98DAFF3C, 0xF718902A, 0x0B1C9CDB,
    0xE58F764B, 0x187636BC, 0x5D7B3BB1, 0xE73DE7DE, 0x92BEC979, 0xCCA6C0B2, 0x304A0979, 0x85AA43D4,
    0x783125BB, 0x6CA8EAA2, 0xE407EAC6, 0x4B5CFC3E, 0x9FBF8C76, 0x15CA20BE, 0xF2CA9FD3, 0x959BD756,
)  # fmt: skip


@lru_cache(maxsize=512)
def with_checksum(page: bytes, number: int) -> bytes:
    """Return the page with its checksum as the file's page of that number; servers without checksums do not look."""
    bare = page[:CHECKSUM_AT] + b"\0\0" + page[CHECKSUM_AT + 2 :]
    words = struct.unpack(f"<{len(bare) // 4}I", bare)
    folded = number
    for lane, offset in enumerate(OFFSETS):
        total = offset
        for word in (*words[lane :: len(OFFSETS)], 0, 0):
            mixed = total ^ word
            total = (mixed * PRIME & WORD) ^ (mixed >> 17)
        folded ^= total
    return bare[:CHECKSUM_AT] + struct.pack("<H", folded % 65535 + 1) + bare[CHECKSUM_AT + 2 :]
