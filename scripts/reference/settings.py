"""The reference of settings, from their classes and what stands below each field."""

import ast
import inspect
import json
from itertools import pairwise
from pathlib import Path
from typing import Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from scripts.reference.tables import NOTE, table
from semsearch import config

HEAD = f"""# Settings

{NOTE}

Settings come from three places; each wins over those before it:

1. the defaults below;
2. a YAML file: `--config FILE`, else `semsearch.yaml` in the working folder if there is one;
3. environment variables: `SEMSEARCH_`, the section, two underscores, the setting.

`--index` on the command line wins over all of them. An unknown setting or a value out of its range
ends the command with exit code 2 and the setting's name.

```yaml
index: indexes/news
model:
  backend: openvino
service:
  max_k: 100
```

```sh
SEMSEARCH_INDEX=indexes/news SEMSEARCH_SERVICE__MAX_K=100 semsearch serve
```

A variable for a whole section holds JSON: `SEMSEARCH_SERVICE='{{"max_k": 100}}'`; so does one for a
list.
"""
DEFAULTS = {
    "model.cache": "`models` in the user's cache folder",
    "index": "`indexes/default`",
}


def page() -> str:
    """Every setting with its variable."""
    lines = [HEAD]
    top: list[tuple[str, ...]] = []
    sections: list[str] = []
    for name, field in config.Settings.model_fields.items():
        kind = field.annotation
        if inspect.isclass(kind) and issubclass(kind, BaseModel):
            rows = [setting(f"{name}.{one}", kind, one) for one in kind.model_fields]
            sections += [f"## {name}\n", f"{inspect.cleandoc(kind.__doc__ or '')}\n"]
            sections += [f"Variable of the section: `{variable(name)}`\n"]
            sections += table(("setting", "variable", "values", "default", "meaning"), rows)
        else:
            top.append(setting(name, config.Settings, name))
    lines += ["## Of the whole\n"]
    lines += table(("setting", "variable", "values", "default", "meaning"), top)
    return "\n".join(lines + sections)


def setting(name: str, section: type[BaseModel], own: str) -> tuple[str, ...]:
    """One row: name, variable, values, default, meaning."""
    field = section.model_fields[own]
    default = DEFAULTS.get(name) or f"`{_default(field)}`"
    return f"`{name}`", f"`{variable(name)}`", _values(field), default, meanings(section)[own]


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return f"SEMSEARCH_{name.replace('.', '__').upper()}"


def meanings(section: type[BaseModel]) -> dict[str, str]:
    """What stands in the source below each field of a section."""
    source = ast.parse(inspect.getsource(section))
    body = next(one.body for one in ast.walk(source) if isinstance(one, ast.ClassDef))
    found = dict.fromkeys(section.model_fields, "")
    for before, after in pairwise(body):
        if (
            isinstance(before, ast.AnnAssign)
            and isinstance(before.target, ast.Name)
            and isinstance(after, ast.Expr)
            and isinstance(after.value, ast.Constant)
        ):
            found[before.target.id] = " ".join(str(after.value.value).replace("``", "`").split())
    return found


def _default(field: FieldInfo) -> str:
    value = field.default
    return json.dumps(list(value)) if isinstance(value, tuple) else json.dumps(value, default=str)


def _values(field: FieldInfo) -> str:
    kind = field.annotation
    if get_origin(kind) is Literal:
        return ", ".join(f"`{one}`" for one in get_args(kind))
    names = {bool: "true or false", int: "whole number", float: "number", str: "text", Path: "path"}
    word = names.get(kind, "list of texts" if get_origin(kind) is tuple else "path")  # type: ignore[arg-type]
    limits = [
        f"{text} {value:,}"
        for one in field.metadata
        for attribute, text in (("ge", "from"), ("gt", "above"), ("le", "to"))
        if (value := getattr(one, attribute, None)) is not None
    ]
    return " ".join([word, *limits])
