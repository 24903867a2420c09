"""Read the project's ``.env``: a name, ``=`` and a value a line. It sets no environment variable.

What stands in the file may be a secret, also under a name that is none of ours. So every value is
``Unshown``, and no function that raises holds the text of the file.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from helpers.errors import SettingsError

if TYPE_CHECKING:
    from dotenv.parser import Binding

__all__ = ["DotenvFile", "Unshown", "read_dotenv"]

_ADVICE = "Correct it, or set CL_PLACE=sandbox in the environment to use the embedded sandbox."


class Unshown(str):
    """A text that a traceback with the values of variables does not show."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'********'"


@dataclass(frozen=True)
class DotenvFile:
    """What stands in a ``.env``.

    Attributes:
        name: The name of the file.
        values: The values by their names; one that is empty sets nothing, and is not among them.
            Not shown: a line that is none of ours may begin with anything.
        lines: The lines that the names stand on. Likewise.
        twice: Names that are set more than once, to different values. Likewise.
        cut: Secrets behind which stands a comment, so that they may be shorter than was meant.
        open_to_others: Whether other users of this machine may read the file.
    """

    name: str
    values: Mapping[str, Unshown] = field(default_factory=dict, repr=False)
    lines: Mapping[str, tuple[int, ...]] = field(default_factory=dict, repr=False)
    twice: tuple[str, ...] = field(default=(), repr=False)
    cut: tuple[str, ...] = ()
    open_to_others: bool = False


def read_dotenv(path: Path, *, secrets: Collection[str]) -> DotenvFile:
    """Read a ``.env``.

    Args:
        path: The file. It need not exist: then nothing is set.
        secrets: The names whose values are secrets.

    Returns:
        What stands in it. Lines may start with ``export``, values may stand in quotes.

    Raises:
        SettingsError: It is no text file that can be read, or one of its lines is no setting.
            The message names the line, and does not show it.
    """
    text, trouble = _text(path)
    if text is None:
        if trouble:
            raise SettingsError(
                f"Expected {path.name} to be a text file that can be read, but {trouble}. {_ADVICE}"
            )
        return DotenvFile(path.name)
    bindings, trouble = _bindings(text)
    if trouble:
        raise SettingsError(
            f"Expected {path.name} to hold lines such as NAME=value, got something else at "
            f"{trouble}. {_ADVICE}"
        )
    return DotenvFile(
        name=path.name,
        values={name: value for name, value, _ in bindings},
        lines=_grouped((name, line) for name, _, line in bindings),
        twice=tuple(
            name
            for name, found in _grouped((name, value) for name, value, _ in bindings).items()
            if len(set(found)) > 1
        ),
        cut=tuple(name for name in secrets if _is_cut(text, name)),
        open_to_others=_is_open_to_others(path),
    )


_Bindings = list[tuple[str, Unshown, int]]
_T = TypeVar("_T")


def _text(path: Path) -> tuple[Unshown | None, str]:
    """Read the text, or say in words why that cannot be done; nothing where there is no file."""
    try:
        text = path.read_text("utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        return None, "it is a symbolic link to what is not there" if path.is_symlink() else ""
    except UnicodeDecodeError:
        return None, "it is not UTF-8: save it as UTF-8"
    except OSError as error:
        return None, f"the system says: {error.strerror}"
    # As another encoding than UTF-8 has it, without a mark at the start that would say so.
    return (None, "it is not UTF-8: save it as UTF-8") if "\0" in text else (Unshown(text), "")


def _bindings(text: str) -> tuple[_Bindings, str]:
    """Take the lines apart: names, values and line numbers, or where something else stands."""
    from dotenv.parser import parse_stream  # only where there is a file, as it slows a start

    found: _Bindings = []
    follows = False
    for binding in parse_stream(StringIO(text)):
        if binding.error or (binding.key and binding.value is None):
            why = _why(binding.original.string, follows=follows)
            return [], f"line {_line(binding)}: {why}"
        if binding.key and binding.value:
            found.append((binding.key, Unshown(binding.value), _line(binding)))
        follows = binding.key is not None
    return found, ""


def _line(binding: Binding) -> int:
    """Tell the line that a binding starts on; empty lines before it are a part of it."""
    blank = re.match(r"\s*", binding.original.string)
    return binding.original.line + (blank[0].count("\n") if blank else 0)


def _why(string: str, *, follows: bool) -> str:
    """Say what is wrong with a line, which may follow a setting's, without showing it."""
    line = string.strip()
    name, equals, value = line.partition("=")
    if not equals:
        lacks = "it has a colon and no equals sign" if ":" in line else "it has no equals sign"
        if not follows or line.startswith("CL_"):
            return lacks
        return f"{lacks}; is it the rest of the line before? A value stands on one line"
    if not name.strip():
        return "there is no name before the equals sign"
    if re.search(r"\s", name.strip().removeprefix("export").strip()):
        return "there is a space within the name, and only `export` may stand before one"
    if value.strip()[:1] in {'"', "'"}:
        return "a quote is not closed, or something follows the closing one"
    return "it is no name, equals sign and value"


def _grouped(pairs: Iterable[tuple[str, _T]]) -> dict[str, tuple[_T, ...]]:
    groups: dict[str, tuple[_T, ...]] = {}
    for name, each in pairs:
        groups[name] = (*groups.get(name, ()), each)
    return groups


def _is_cut(text: str, name: str) -> bool:
    """Tell whether a comment follows a value without quotes: it may have been a part of it."""
    unquoted = rf"^\s*(?:export\s+)?{name}[^\S\n]*=[^\S\n]*[^\s'\"#][^\n]*?\s#"
    return re.search(unquoted, text, re.MULTILINE) is not None


def _is_open_to_others(path: Path) -> bool:
    if os.name != "posix":
        return False
    return bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))
