"""The examples in docstrings are true."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import crawler
import monitors

MODULES = [
    info.name
    for package in (crawler, monitors)
    for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    if "migrations" not in info.name
]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_are_true(name):
    done = doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS)
    assert done.failed == 0
