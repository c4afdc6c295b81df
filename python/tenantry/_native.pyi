# The types of the native module, by hand; `mypy.stubtest` compares them with the module itself, whose
# docs say what each thing does.

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from os import PathLike
from types import MappingProxyType, TracebackType
from typing import Any, ClassVar, Final, Literal, Self, SupportsIndex, TypeAlias, final

from typing_extensions import disjoint_base

