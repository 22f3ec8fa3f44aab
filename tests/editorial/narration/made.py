"""Sound files, made by hand."""

import struct

SECRET = b"Room 12, 52.5200 13.4050, by Ilse's telephone"


def mp3(frames: int = 100, *, tags: bytes = b"", rate: int = 1) -> bytes:
    """Silence: MPEG-2, mono, 24 ms a frame of 72 bytes at the second rate, 24 kHz."""
    header = (0x7FF << 21 | 2 << 19 | 1 << 17 | 1 << 16 | 3 << 12 | rate << 10 | 3 << 6).to_bytes(4)
    length = 72 * 24_000 // (22_050, 24_000, 16_000)[rate]
    return tags + header.ljust(length, b"\0") * frames


def id3(words: bytes = SECRET) -> bytes:
    size = len(words) + 10
    frame = b"TXXX" + struct.pack(">I", len(words)) + b"\0\0" + words
    return b"ID3\x03\0\0" + bytes([0, 0, size >> 7, size & 0x7F]) + frame


def atom(name: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I", len(body) + 8) + name + body


def m4a(seconds: int = 90, *, handler: bytes = b"soun", more: bytes = b"") -> bytes:
    """As a telephone writes it: with the day, the place and a picture beside the sound."""
    made = 0xE1234567
    times = struct.pack(">III", 0, made, made)
    header = atom(b"mvhd", times, struct.pack(">II", 1000, seconds * 1000), bytes(80))
    media = atom(
        b"mdia",
        atom(b"mdhd", times, struct.pack(">II", 8000, seconds * 8000), bytes(4)),
        atom(b"hdlr", bytes(8), handler, bytes(13)),
        atom(b"minf", atom(b"stbl")),
    )
    track = atom(b"trak", atom(b"tkhd", times, bytes(72)), media, atom(b"udta", SECRET))
    place = atom(b"udta", atom(b"\xa9xyz", SECRET), atom(b"meta", SECRET))
    movie = atom(b"moov", header, track, place, atom(b"meta", SECRET))
    return atom(b"ftyp", b"M4A \0\0\0\0") + movie + atom(b"uuid", SECRET) + atom(b"mdat", bytes(500)) + more
