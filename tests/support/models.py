"""Small models made on the spot: an encoder of another shape, with prompts, and a cross-encoder."""

from pathlib import Path
from typing import TYPE_CHECKING

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

# torch takes seconds to import: who only collects the tests does without.

TEXTS = (
    "the harbour ferry left before the storm and the mayor closed the tunnel",
    "otters returned to the dam while the tram budget was debated at the market",
    "query passage copper orchid lantern glacier violin engine forest bank salt cod",
)
QUERY_PROMPT = "query: "
DOCUMENT_PROMPT = "passage: "
DIMENSION = 48
MAX_TOKENS = 32


def make_model(folder: Path) -> Path:
    """Save the model; always with the same weights."""
    import torch  # noqa: PLC0415
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415
    from sentence_transformers.sentence_transformer.modules import (  # noqa: PLC0415
        Pooling,
        Transformer,
    )
    from transformers import BertConfig, BertModel  # noqa: PLC0415

    base = folder / "base"
    _tokenizer().save_pretrained(base)
    torch.manual_seed(7)
    BertModel(
        BertConfig(
            vocab_size=600,
            hidden_size=DIMENSION,
            num_hidden_layers=2,
            num_attention_heads=4,
            intermediate_size=64,
            max_position_embeddings=64,
            initializer_range=0.3,
        )
    ).save_pretrained(base, safe_serialization=True)
    transformer = Transformer(str(base), max_seq_length=MAX_TOKENS)
    pooling = Pooling(DIMENSION, pooling_mode="max")
    model = SentenceTransformer(
        modules=[transformer, pooling],
        prompts={"query": QUERY_PROMPT, "document": DOCUMENT_PROMPT},
        device="cpu",
    )
    target = folder / "model"
    model.save_pretrained(str(target), safe_serialization=True)
    return target


def make_cross_encoder(folder: Path, labels: int = 1) -> Path:
    """Save a small cross-encoder; always with the same weights."""
    import torch  # noqa: PLC0415
    from transformers import BertConfig, BertForSequenceClassification  # noqa: PLC0415

    _tokenizer().save_pretrained(folder)
    torch.manual_seed(7)
    BertForSequenceClassification(
        BertConfig(
            vocab_size=600,
            hidden_size=32,
            num_hidden_layers=2,
            num_attention_heads=4,
            intermediate_size=64,
            max_position_embeddings=64,
            initializer_range=0.3,
            num_labels=labels,
        )
    ).save_pretrained(folder, safe_serialization=True)
    return folder


def _tokenizer() -> "PreTrainedTokenizerFast":
    """One vocabulary, written down: a trained one numbers its pieces anew in every process."""
    from transformers import PreTrainedTokenizerFast  # noqa: PLC0415

    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    letters = sorted({letter for text in TEXTS for letter in text if letter != " "})
    words = sorted({word for text in TEXTS for word in text.split() if len(word) > 1})
    pieces = [*special, *letters, *(f"##{letter}" for letter in letters), *words]
    vocabulary = {piece: number for number, piece in enumerate(pieces)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))  # type: ignore[arg-type, call-arg, unused-ignore]  # noqa: S106
    tokenizer.normalizer = normalizers.BertNormalizer()  # type: ignore[assignment, unused-ignore]
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()  # type: ignore[assignment, unused-ignore]
    tokenizer.post_processor = processors.TemplateProcessing(  # type: ignore[assignment, unused-ignore]
        single="[CLS] $A [SEP]",
        special_tokens=[(name, vocabulary[name]) for name in ("[CLS]", "[SEP]")],
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        unk_token="[UNK]",  # noqa: S106
        pad_token="[PAD]",  # noqa: S106
        cls_token="[CLS]",  # noqa: S106
        sep_token="[SEP]",  # noqa: S106
        mask_token="[MASK]",  # noqa: S106
    )
