"""The only wiring: settings in, built objects out."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING
from urllib.parse import quote

from semsearch.ask.rerank import Reranking
from semsearch.components import Components
from semsearch.config import (
    ModelSettings,
    Place,
    RerankSettings,
    ServiceSettings,
    Settings,
    place_of,
)
from semsearch.encode.encoder import Encoder
from semsearch.encode.export import exported
from semsearch.encode.models import find_model
from semsearch.encode.openvino_encoder import OpenVinoEncoder
from semsearch.errors import ModelMismatchError, NoSuchIndexError
from semsearch.index import Index
from semsearch.library import Library, Repair
from semsearch.store.backup.backup import CATALOG, is_snapshot
from semsearch.store.catalog.catalog import Catalog
from semsearch.store.catalog.database import Database
from semsearch.store.files import make_folder
from semsearch.store.generations import Generations
from semsearch.store.local.generations import LocalGenerations

if TYPE_CHECKING:
    from semsearch.encode.ray_cluster import RayCluster
    from semsearch.ingest.aliases import FieldNames
    from semsearch.ingest.files import SourceFile
    from semsearch.ingest.parsing import ParseBlocks
    from semsearch.ingest.reading import Block, ReadOptions, Record
    from semsearch.maintain.migrate import Migrated
    from semsearch.maintain.reindex import Reindexed

# What is imported within functions is what most processes never use.


def open_index(
    settings: Settings,
    *,
    create: bool = False,
    check: bool = True,
    encoder: Encoder | None = None,
    on_repair: Callable[[Repair], None] = lambda _: None,
    limits: ServiceSettings = ServiceSettings(),
    place: Place | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Index:
    """Open the configured index.

    Args:
        settings: Which index, which model.
        create: Make the index if it is not there.
        check: Refuse one that cannot be read; without, whoever looks finds out.
        encoder: Used instead of the configured model.
        on_repair: Told when a damaged generation was rebuilt.
        limits: How much is given for one question.
        place: Where it lies, in place of where the settings say.
        now: The clock by which feeds are due.

    Raises:
        NoSuchIndexError: It is not there and is not to be made.
        FormatMismatchError, DamagedIndexError, StorageError: It cannot be opened.
    """
    place = place or place_of(settings)
    folder = place.folder
    if create or place.catalog:
        make_folder(folder)
    elif not (folder / CATALOG).is_file():
        raise NoSuchIndexError(f"There is no index in {folder}.")
    catalog = Catalog(catalog_url(place))
    if not create and place.catalog and not catalog.database.has("meta"):
        raise NoSuchIndexError(f"There is no index in {catalog.database.place}.")
    if create:
        catalog.create()
    elif check:
        catalog.check_format()
    library = Library(
        folder=folder,
        catalog=catalog,
        generations=build_backend(settings, place, catalog),
        load_encoder=lambda made_with: encoder or build_encoder(settings.model, made_with),
        passages=settings.passages,
        on_repair=on_repair,
        limits=limits,
    )
    components = Components(
        library,
        settings.rank,
        build_reranking(settings.rerank),
        settings.framing.frames,
        _field_names(settings),
        settings.outlets,
        settings.feeds,
        settings.watch,
        now,
    )
    return Index(components)


def _field_names(settings: Settings) -> "FieldNames":
    if not settings.fields:
        return ()
    from semsearch.ingest.aliases import field_names  # noqa: PLC0415

    return field_names(settings.fields)


def index_exists(settings: Settings) -> bool:
    """Whether the configured index has been made."""
    place = place_of(settings)
    if not place.catalog:
        return (place.folder / CATALOG).is_file()
    database = Database(place.catalog)
    try:
        return database.has("meta")
    finally:
        database.close()


def open_beside(
    settings: Settings,
    model: str,
    encoder: Encoder | None = None,
    on_repair: Callable[[Repair], None] = lambda _: None,
) -> Index:
    """The index that is made beside the configured one, with another model; made if need be.

    It lies in the folder ``next`` and, of what lies in servers, in a schema of its own beside the
    catalog's and in collections of its own.

    Raises:
        As ``open_index``.
    """
    from semsearch.maintain.reindex import staging_folder  # noqa: PLC0415
    from semsearch.store.catalog.cutover import staging_catalog  # noqa: PLC0415

    place = place_of(settings)
    return open_index(
        settings.model_copy(update={"model": settings.model.model_copy(update={"name": model})}),
        create=True,
        encoder=encoder,
        on_repair=on_repair,
        place=Place(staging_folder(place.folder), staging_catalog(place.catalog), place.milvus),
    )


def reindex(
    settings: Settings,
    old: Index,
    model: str,
    *,
    switch: bool = False,
    on_repair: Callable[[Repair], None] = lambda _: None,
    on_progress: Callable[[int, int], None] = lambda _, __: None,
) -> "Reindexed":
    """Encode what an index holds with another model, beside it, as far as that was not done yet.

    What was not encoded before is encoded; ``switch`` lets the new index take the old one's place.

    Raises:
        As ``open_index``, ``maintain.reindex.reindex`` and ``maintain.reindex.switch``.
    """
    from semsearch.maintain import reindex as reindexing  # noqa: PLC0415

    total = sum(old.library.catalog.counts().values())
    with open_beside(settings, model, on_repair=on_repair) as new:
        libraries = old.library, new.library
        if switch:
            place = place_of(settings)
            return reindexing.switch(*libraries, place, lambda done: on_progress(done, total))
        return reindexing.reindex(*libraries, lambda done: on_progress(done, total))


def migrate(
    settings: Settings,
    target: Settings,
    on_progress: Callable[[str, int, int, str], None] = lambda *_: None,
) -> "Migrated":
    """Move an index to other engines, and compare both; nothing is encoded. It may be run again.

    Raises:
        As ``open_index`` and ``maintain.migrate.derive_and_verify``.
    """
    from semsearch.maintain.migrate import RecordedEncoder, derive_and_verify  # noqa: PLC0415
    from semsearch.store.catalog.migration import copy_catalog  # noqa: PLC0415

    encoder = RecordedEncoder()
    with ExitStack() as stack:
        source = stack.enter_context(open_index(settings, encoder=encoder)).library
        stack.enter_context(source.writing())
        if source.snapshot().sequence < source.catalog.sequence:
            source.publish()
        database = Database(catalog_url(place_of(target)))
        stack.callback(database.close)
        with database.writer():
            tables = copy_catalog(
                source.catalog.database,
                database,
                lambda table, done, total: on_progress(f"copy {table}", done, total, "rows"),
            )
        return derive_and_verify(
            source,
            stack.enter_context(open_index(target, encoder=encoder)).library,
            tables,
            encoder,
            lambda done, total: on_progress("compare", done, total, "questions"),
        )


def catalog_url(place: Place) -> str:
    """The database of an index's catalog."""
    if place.catalog:
        return place.catalog
    path = (place.folder / CATALOG).resolve()
    if is_snapshot(place.folder):
        return f"sqlite:///file:{quote(str(path))}?mode=ro&immutable=1&uri=true"
    return f"sqlite:///{path}"


def build_backend(settings: Settings, place: Place, catalog: Catalog) -> Generations:
    """What finds candidates: files in the folder, or Milvus."""
    if place.milvus:
        from semsearch.store.milvus.client import Milvus  # noqa: PLC0415
        from semsearch.store.milvus.generations import MilvusGenerations  # noqa: PLC0415

        milvus = Milvus(place.milvus, settings.milvus.shards, settings.milvus.replicas)
        return MilvusGenerations(milvus, catalog, settings.vectors.kind)
    return LocalGenerations(place.folder, settings.vectors.kind)


def build_reranking(settings: RerankSettings) -> Reranking | None:
    """The configured reranker, loaded when it is needed first; None where there is none."""
    if not settings.model:
        return None
    from semsearch.encode.torch_models import CrossEncoderReranker  # noqa: PLC0415

    return Reranking(
        lambda: CrossEncoderReranker(find_model(settings.model)), settings.top, settings.budget_ms
    )


@dataclass(frozen=True, slots=True)
class OnRay:
    """What a Ray cluster does of a run: it reads, and it encodes passages."""

    encoder: Encoder
    reader: "ParseBlocks"


def build_on_ray(model: ModelSettings, address: str) -> OnRay:
    """The configured encoder, and reading, on every processor of a Ray cluster.

    Raises:
        ConfigurationError, EngineUnavailableError: There is no Ray, or no cluster.
        ModelUnavailableError: The model cannot be found, exported or loaded.
    """
    from semsearch.encode.ray_cluster import RayCluster, RayEncoder  # noqa: PLC0415

    cluster = RayCluster(address)
    one = model.model_copy(update={"threads": 1})
    encoder = RayEncoder(cluster, build_encoder(model), partial(build_encoder, one))
    return OnRay(encoder, partial(read_on, cluster))


def read_on(
    cluster: "RayCluster", found: "Iterable[Block]", options: "ReadOptions"
) -> "Iterator[tuple[SourceFile, list[Record]]]":
    """A ``ParseBlocks``: files are opened here, what is in them is read there."""
    from semsearch.ingest.parsing import grouped, parse_group  # noqa: PLC0415

    return chain.from_iterable(cluster.mapped(partial(parse_group, options), grouped(found)))


def build_encoder(model: ModelSettings, made_with: str | None = None) -> Encoder:
    """Load the configured encoder; the first time this exports the model, which needs torch.

    Args:
        model: Which model, and how it is run.
        made_with: The model of an existing index: another one that would have to be looked up
            elsewhere is refused before the attempt.

    Raises:
        ModelUnavailableError: It cannot be found, exported or loaded.
        ModelMismatchError: The index was made with another.
    """
    source = find_model(model.name)
    if source.folder is None and made_with not in (None, model.name):
        raise ModelMismatchError(
            f"The index was made with the model {made_with}, but {model.name} is configured.",
            f"Set model.name to {made_with}, or index again into a new folder.",
        )
    if model.backend == "torch":
        from semsearch.encode.torch_models import TorchEncoder  # noqa: PLC0415

        return TorchEncoder(source)
    return OpenVinoEncoder(
        exported(source, model.cache), threads=model.threads, precision=model.precision
    )
