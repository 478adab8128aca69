"""A sentence-transformers model exported once to OpenVINO, so that answering needs no torch.

Torch is imported only here, and only when a model has not been exported yet.
"""

import hashlib
import json
import re
import shutil
import tempfile
import warnings
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock

from semsearch.encode.encoder import EncoderSpec
from semsearch.encode.models import ModelSource, state_of
from semsearch.encode.torch_models import first_line, load_sentence_transformer, spec_of
from semsearch.errors import ModelUnavailableError

_FORMAT = 2  # 1 kept weights in single precision
_MODEL = "model.xml"
_TOKENIZER = "tokenizer.json"
_RECORD = "encoder.json"
_TORCH_HINT = "Set model.backend to torch to run it without exporting."


@dataclass(frozen=True, slots=True)
class ExportedModel:
    """An exported model.

    Attributes:
        model: File of its OpenVINO graph.
        tokenizer: File of its tokenizer.
        inputs: Names of the graph's inputs, in order.
        lower_case: Whether texts are put in lower case first.
    """

    model: Path
    tokenizer: Path
    spec: EncoderSpec
    inputs: tuple[str, ...]
    lower_case: bool


def exported(source: ModelSource, cache: Path) -> ExportedModel:
    """The exported form of a model; exported now if this is the first time.

    ``cache`` is shared by all indexes.

    Raises:
        ModelUnavailableError: The model cannot be loaded or exported.
    """
    folder = cache / _slug(source)
    model = _open(folder, source)
    if model is not None:
        return model
    cache.mkdir(parents=True, exist_ok=True)
    with FileLock(str(folder) + ".lock"):
        model = _open(folder, source)
        if model is None:
            _export(source, folder)
            model = _open(folder, source)
    if model is None:
        raise ModelUnavailableError(f"The exported model in {folder} cannot be read back.")
    return model


def _slug(source: ModelSource) -> str:
    """A folder name for people, and one that two models of one name do not share."""
    name = re.sub(r"[^A-Za-z0-9.-]+", "-", source.name).strip("-.")[-60:] or "model"
    return f"{name}-{hashlib.blake2b(source.location.encode(), digest_size=4).hexdigest()}"


def _open(folder: Path, source: ModelSource) -> ExportedModel | None:
    """The export if it is whole and made from the model as it now is."""
    try:
        record = json.loads((folder / _RECORD).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    state = None if source.folder is None else state_of(source.folder)
    if not isinstance(record, dict) or record.get("format") != _FORMAT:
        return None
    if record.get("source") != [source.location, state]:
        return None
    return ExportedModel(
        folder / _MODEL,
        folder / _TOKENIZER,
        EncoderSpec(**record["spec"]),
        tuple(record["inputs"]),
        bool(record["lower_case"]),
    )


def _export(source: ModelSource, folder: Path) -> None:
    workplace = Path(tempfile.mkdtemp(prefix=folder.name + ".", dir=folder.parent))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the exporter traces with fixed shapes on purpose
            record = _convert(source, workplace)
        (workplace / _RECORD).write_text(json.dumps(record, indent=1), "utf-8")
        if folder.exists():
            shutil.rmtree(folder)
        workplace.rename(folder)
    except ModelUnavailableError:
        raise
    except Exception as error:  # torch, transformers and openvino raise what they like
        raise ModelUnavailableError(
            f"The model {source.name} cannot be exported: {first_line(error)}", _TORCH_HINT
        ) from error
    finally:
        shutil.rmtree(workplace, ignore_errors=True)


def _convert(source: ModelSource, folder: Path) -> dict[str, object]:
    model = load_sentence_transformer(source)
    import openvino  # noqa: PLC0415 - heavy
    import torch  # noqa: PLC0415 - heavy

    _refuse_unexportable(model, source)
    sample = model.preprocess(["A short text.", "A second, somewhat longer text to trace with."])
    names = [name for name in ("input_ids", "attention_mask", "token_type_ids") if name in sample]

    class Pipeline(torch.nn.Module):  # type: ignore[misc]  # torch is untyped here
        """All modules of the model, from token ids to the sentence vector."""

        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, *tensors: Any) -> Any:
            features = dict(zip(names, tensors, strict=True))
            vectors = self.model(features)["sentence_embedding"]
            return torch.nn.functional.normalize(vectors, p=2, dim=-1)

    with torch.no_grad():
        converted = openvino.convert_model(
            Pipeline().eval(), example_input=tuple(sample[name] for name in names)
        )
    for node, name in zip(converted.inputs, names, strict=True):
        node.get_tensor().set_names({name})
    # Half the bytes to read and to hold; the least cosine to the vectors before is .999999.
    openvino.save_model(converted, str(folder / _MODEL), compress_to_fp16=True)
    (folder / _TOKENIZER).write_text(model.tokenizer.backend_tokenizer.to_str(), "utf-8")
    return {
        "format": _FORMAT,
        "source": [source.location, None if source.folder is None else state_of(source.folder)],
        "inputs": names,
        "lower_case": bool(getattr(model[0], "do_lower_case", False)),
        "spec": asdict(spec_of(model, source)),
    }


def _refuse_unexportable(model: Any, source: ModelSource) -> None:
    if not getattr(getattr(model, "tokenizer", None), "is_fast", False):
        raise ModelUnavailableError(
            f"The model {source.name} has no fast tokenizer to export.", _TORCH_HINT
        )
    for module in model:
        if getattr(module, "include_prompt", True) is False and any(model.prompts.values()):
            raise ModelUnavailableError(
                f"The model {source.name} leaves its prompt out of pooling, which the exported "
                "form cannot.",
                _TORCH_HINT,
            )
