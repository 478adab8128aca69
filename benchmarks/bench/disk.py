"""What lies on the disk."""

from pathlib import Path


def bytes_of(folder: Path) -> int:
    """Bytes of the files below a folder; one with several names counts once."""
    found = (path.stat() for path in folder.rglob("*") if path.is_file())
    return sum({each.st_ino: each.st_size for each in found}.values())
