"""What one catalog knows beside its articles, brought into another."""

from sqlalchemy import delete, insert, select

from semsearch.store.catalog.catalog import Catalog
from semsearch.store.catalog.database import chunks
from semsearch.store.catalog.schema import files, tombstones
from semsearch.store.catalog.statements import keep_setting, read_setting

_SETTINGS = ("skipped",)


def carry_tables(old: Catalog, new: Catalog) -> None:
    """Bring over what was deleted and which files were read, in one transaction.

    The new catalog's next write gets a larger number than any write of the old one.
    """
    with old.database.read() as source, new.database.write() as target:
        for table in (tombstones, files):
            target.execute(delete(table))
            for rows in chunks(source.execute(select(table)).mappings()):
                target.execute(insert(table), [dict(row) for row in rows])
        for key in _SETTINGS:
            value = read_setting(source, key)
            if value is not None:
                keep_setting(target, key, value)
        last = max(int(read_setting(one, "sequence") or 0) for one in (source, target))
        keep_setting(target, "sequence", str(last + 1))
