"""The only wiring: settings in, built objects out."""

from collections.abc import Callable

from semsearch.config import ModelSettings, RerankSettings, Settings
from semsearch.embed.cross_encoder import CrossEncoderReranker
from semsearch.embed.encoder import Encoder
from semsearch.embed.export import exported
from semsearch.embed.models import find_model
from semsearch.embed.openvino_encoder import OpenVinoEncoder
from semsearch.embed.torch_encoder import TorchEncoder
from semsearch.engine.comparison import Comparer
from semsearch.engine.duplicates import DuplicateFinder
from semsearch.engine.indexing import Indexer
from semsearch.engine.library import Library, Repair
from semsearch.engine.relating import Relater
from semsearch.engine.searching import Searcher
from semsearch.engine.services import Services
from semsearch.engine.similar import SimilarFinder
from semsearch.engine.stories import StoryFinder
from semsearch.errors import ModelMismatchError, NoSuchIndexError
from semsearch.ingest.passages import PassageSettings
from semsearch.rank.fuse import Weights
from semsearch.rank.rerank import Reranking
from semsearch.store.catalog import Catalog
from semsearch.store.files import make_folder
from semsearch.store.generations import Generations

_CATALOG = "catalog.db"


def open_index(
    settings: Settings,
    *,
    create: bool = False,
    upgrade: bool = False,
    encoder: Encoder | None = None,
    on_repair: Callable[[Repair], None] = lambda _: None,
) -> Services:
    """Open the configured index.

    Args:
        settings: Which index, which model.
        create: Make the index if it is not there.
        upgrade: Bring it up to date if it is of an older format, as ``create`` does, too.
        encoder: Used instead of the configured model.
        on_repair: Told when a damaged generation was rebuilt.

    Raises:
        NoSuchIndexError: It is not there and is not to be made.
        FormatMismatchError, DamagedIndexError, StorageError: It cannot be opened.
    """
    folder = settings.index
    if create:
        make_folder(folder)
    elif not (folder / _CATALOG).is_file():
        raise NoSuchIndexError(f"There is no index in {folder}.")
    catalog = Catalog(f"sqlite:///{(folder / _CATALOG).resolve()}")
    if create:
        catalog.create()
    elif upgrade:
        catalog.upgrade()
    else:
        catalog.check_format()
    library = Library(
        folder=folder,
        catalog=catalog,
        generations=Generations(folder, settings.vectors.kind),
        load_encoder=lambda made_with: encoder or build_encoder(settings.model, made_with),
        passages=PassageSettings(settings.passages.max_tokens, settings.passages.overlap),
        on_repair=on_repair,
    )
    weights = Weights(**settings.rank.model_dump())
    searcher = Searcher(library, weights, build_reranking(settings.rerank))
    return Services(
        library=library,
        searcher=searcher,
        similar=SimilarFinder(library),
        indexer=Indexer(library),
        relater=Relater(library),
        duplicates=DuplicateFinder(library),
        stories=StoryFinder(library),
        comparer=Comparer(library, searcher, settings.framing.frames),
    )


def build_reranking(settings: RerankSettings) -> Reranking | None:
    """The configured reranker, loaded when it is needed first; None where there is none."""
    if not settings.model:
        return None
    return Reranking(
        lambda: CrossEncoderReranker(find_model(settings.model)), settings.top, settings.budget_ms
    )


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
        return TorchEncoder(source)
    return OpenVinoEncoder(
        exported(source, model.cache), threads=model.threads, precision=model.precision
    )
