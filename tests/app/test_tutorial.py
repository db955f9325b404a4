"""The code that docs/adding-a-subproblem.md shows is code that is built."""

import re
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Tutorial(unittest.TestCase):
    def test_its_code_is_that_of_the_small_example(self):
        page = (ROOT / "docs/adding-a-subproblem.md").read_text(encoding="utf-8")
        built = (ROOT / "tests/support/heat_flux.hpp").read_text(encoding="utf-8")
        blocks = re.findall(r"```cpp\n(.*?)```", page, flags=re.DOTALL)
        self.assertEqual(len(blocks), 3)
        for block in blocks:
            self.assertIn(block, built)


if __name__ == "__main__":
    unittest.main()
