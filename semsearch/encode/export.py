"""A sentence-transformers model exported once to OpenVINO, so that answering needs no torch.

Only this module imports torch, and only when a model has not been exported yet.
"""

import hashlib
import json
import os
import re
import shutil
import tempfile
import warnings
from dataclasses import asdict
from pathlib import Path
from typing import Any

from filelock import FileLock

from semsearch.encode.encoder import EncoderSpec
from semsearch.encode.models import ModelSource, read_json, state_of, weights_sha256
from semsearch.errors import ModelUnavailableError

_FORMAT = 2  # 1 kept weights in single precision
_MODEL = "model.xml"
_TOKENIZER = "tokenizer.json"
_RECORD = "encoder.json"
_TORCH_HINT = "Set model.backend to torch to run it without exporting."


class ExportedModel:
    """A folder with an exported model."""

    def __init__(self, folder: Path, record: dict[str, Any]) -> None:
        self.model = folder / _MODEL
        self.tokenizer = folder / _TOKENIZER
        self.spec = EncoderSpec(**record["spec"])
        self.inputs = tuple(record["inputs"])
        self.lower_case = bool(record["lower_case"])


def exported(source: ModelSource, cache: Path) -> ExportedModel:
    """The exported form of a model; exported now if this is the first time.

    Args:
        source: The model.
        cache: Folder that keeps exported models, shared by all indexes.

    Raises:
        ModelUnavailableError: The model cannot be loaded or exported.
    """
    folder = cache / _slug(source)
    found = _open(folder, source)
    if found is not None:
        return found
    cache.mkdir(parents=True, exist_ok=True)
    with FileLock(str(folder) + ".lock"):
        found = _open(folder, source)
        if found is None:
            _export(source, folder)
            found = _open(folder, source)
    if found is None:
        raise ModelUnavailableError(f"The exported model in {folder} cannot be read back.")
    return found


def _slug(source: ModelSource) -> str:
    """A folder name for people, and one that two models of one name do not share."""
    name = re.sub(r"[^A-Za-z0-9.-]+", "-", source.name).strip("-.")[-60:] or "model"
    return f"{name}-{hashlib.blake2b(source.location.encode(), digest_size=4).hexdigest()}"


def _open(folder: Path, source: ModelSource) -> ExportedModel | None:
    """The export if it is whole and made from the model as it now is."""
    try:
        record = read_json(folder / _RECORD)
    except (OSError, ValueError):
        return None
    state = None if source.folder is None else state_of(source.folder)
    if record.get("format") != _FORMAT or record.get("source") != [source.location, state]:
        return None
    return ExportedModel(folder, record)


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
            f"The model {source.name} cannot be exported: {_first_line(error)}", _TORCH_HINT
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


def load_sentence_transformer(source: ModelSource) -> Any:
    """The model in sentence-transformers: safetensors only, no code from the model.

    Raises:
        ModelUnavailableError: It cannot be found or loaded.
    """
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - heavy

    try:
        return SentenceTransformer(
            source.location,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True},
        )
    except Exception as error:  # hub, network and file errors of many kinds
        raise ModelUnavailableError(
            f"The model {source.name} cannot be loaded: {_first_line(error)}",
            "Name a model folder, a model that sentence-transformers can reach, or "
            "all-MiniLM-L6-v2, which is installed with semsearch.",
        ) from error


def spec_of(model: Any, source: ModelSource) -> EncoderSpec:
    """What a loaded model's vectors depend on."""
    prompts = dict(model.prompts or {})
    folder = source.folder
    return EncoderSpec(
        model=source.name,
        weights_sha256=_parameters_sha256(model) if folder is None else weights_sha256(folder),
        dimension=int(model.get_embedding_dimension()),
        max_tokens=int(model.max_seq_length or 512),
        pooling=" > ".join(_describe(module) for module in model),
        query_prompt=prompts.get("query") or "",
        document_prompt=prompts.get("document") or prompts.get("passage") or "",
    )


def _describe(module: Any) -> str:
    mode = getattr(module, "pooling_mode", None) or getattr(module, "get_pooling_mode_str", str)
    name = type(module).__name__
    return f"{name}({mode() if callable(mode) else mode})" if name == "Pooling" else name


def _parameters_sha256(model: Any) -> str:
    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.detach().cpu().float().numpy().tobytes())
    return digest.hexdigest()


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


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
