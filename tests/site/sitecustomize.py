"""On the path of every program that the tests start under `--database postgresql`: its histories are where the tests' are."""

import os
import sys
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path

STORE = "monitors.history.store"


class _Moves:
    """Once the program has loaded what opens histories, let it open them elsewhere."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if name != STORE:
            return None
        sys.meta_path.remove(self)
        spec = PathFinder.find_spec(name, path)
        if spec is None or spec.loader is None:
            return spec
        load = spec.loader.exec_module

        def load_and_move(module: object) -> None:
            load(module)
            from tests.elsewhere import FOLDER, Elsewhere

            module.read_url = Elsewhere(Path(os.environ[FOLDER]), module.read_url).read_url

        spec.loader.exec_module = load_and_move
        return spec


if "TALLYWATCH_TEST_ELSEWHERE" in os.environ:
    sys.meta_path.insert(0, _Moves())
