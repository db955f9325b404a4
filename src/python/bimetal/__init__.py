"""Bimetal for solvers in Python.

A solver that evaluates an expensive function of one row of numbers in every cell hands its rows over to a Hybrid. A
neural surrogate, trained during the run on what the function answers, takes over the rows that it answers within a
tolerance; a random sample of its answers is checked against the function, and a certificate says what that proves.
docs/library.md is the guide, and docs/examples/embed/wave.py a whole program.
"""

from bimetal._library import BadInput, Failure, PhysicsFailure, RowsFailed, library
from bimetal.hybrid import AnsweredBy, Hybrid, Input, Output

__all__ = ["AnsweredBy", "BadInput", "Failure", "Hybrid", "Input", "Output", "PhysicsFailure", "RowsFailed"]
__version__ = library.bimetal_version().decode().split()[0]
