"""RESULTS.md: prose by people around one block of tables by the run."""

import sys
from dataclasses import dataclass
from pathlib import Path

BEGIN = "<!-- bench:begin -->"
END = "<!-- bench:end -->"


@dataclass(frozen=True)
class ResultsFile:
    path: Path

    @classmethod
    def open(cls, path: Path) -> "ResultsFile":
        """Checks, before anything is measured, that there is one place for the tables."""
        if not path.exists():
            path.write_text(f"# Results\n\n{BEGIN}\n{END}\n")
        text = path.read_text()
        if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
            sys.exit(f"{path}: expected one line {BEGIN} and, below it, one line {END}")
        return cls(path)

    def replace(self, tables: str) -> None:
        before, _, rest = self.path.read_text().partition(BEGIN)
        after = rest.partition(END)[2]
        self.path.write_text(f"{before}{BEGIN}\n\n{tables}\n\n{END}{after}")
