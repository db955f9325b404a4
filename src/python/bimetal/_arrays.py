"""Tables of numbers on their way between numpy and the library."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from bimetal._library import BadInput


class _Memory:
    """Memory of the library, in the way in which numpy asks for it."""

    def __init__(self, address: int | None, shape: tuple[int, ...], read_only: bool) -> None:
        self.__array_interface__ = {"version": 3, "typestr": np.dtype(np.float64).str, "shape": shape,
                                    "data": (address or 0, read_only)}


def view(address: int | None, *shape: int, read_only: bool = False) -> npt.NDArray[np.float64]:
    """Memory of the library as an array; nobody keeps it alive."""
    return np.asarray(_Memory(address, shape, read_only))


def address(array: npt.NDArray[Any] | None) -> int | None:
    return None if array is None else array.ctypes.data


def converted(values: npt.ArrayLike, kind: type, name: str, *shape: int | str) -> npt.NDArray[Any]:
    """The same numbers, C-contiguous: the same array if it is so already. shape: a text stands for any size."""
    try:
        given = np.asarray(values)
        casting: Any = "same_kind" if given.size else "unsafe"  # an empty list has no kind of its own
        array: npt.NDArray[Any] = given.astype(kind, order="C", casting=casting, copy=False)
    except (TypeError, ValueError) as error:
        raise BadInput(f"{name} must be numbers that {kind.__name__} holds: {error}.") from error
    if array.ndim != len(shape) or any(not isinstance(size, str) and size != n for size, n in zip(shape, array.shape)):
        raise BadInput(f"{name} has the shape {_shown(array.shape)}, and must have {_shown(shape)}.")
    return array


def to_fill(array: npt.NDArray[Any], kind: type, name: str, *shape: int) -> npt.NDArray[Any]:
    """The array itself, if the library can write to it."""
    if isinstance(array, np.ndarray) and array.dtype == kind and array.shape == shape and array.flags.carray:
        return array
    raise BadInput(f"{name} must be a writeable, C-contiguous numpy array of {kind.__name__} with the shape "
                   f"{_shown(shape)}, for it is filled in place.")


def _shown(shape: tuple[int | str, ...]) -> str:
    return f"[{', '.join(map(str, shape))}]"
