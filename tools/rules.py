"""Which rules of docs/domain.md are cited by tests, and which are not.

python tools/rules.py            list the rules without a test
python tools/rules.py --all      every rule with the files that cite it
"""

import re
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DEFINED = re.compile(r"^(?:- |\| )([A-Z]{3}-\d+)\b", re.MULTILINE)
CITED = re.compile(r"\b[A-Z]{3}-\d+\b")
RANGE = re.compile(r"\b([A-Z]{3})-(\d+)…(\d+)\b")


def defined() -> list[str]:
    """Give the ids of the rules in the order of the document."""
    return list(dict.fromkeys(DEFINED.findall((ROOT / "docs" / "domain.md").read_text())))


def cited(folder: str) -> dict[str, set[str]]:
    """Give, for each id, the Python files below `folder` that cite it; `APP-1…4` cites four."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in sorted((ROOT / folder).rglob("*.py")):
        text = path.read_text()
        ids = set(CITED.findall(text))
        for name, first, last in RANGE.findall(text):
            ids |= {f"{name}-{number}" for number in range(int(first), int(last) + 1)}
        for rule in ids:
            found[rule].add(str(path.relative_to(ROOT)))
    return found


def main() -> int:
    """Print the list; the exit status says nothing, for rules whose feature is not built yet have no test."""
    tests = cited("tests")
    rules = defined()
    if "--all" in sys.argv[1:]:
        for rule in rules:
            print(rule, ", ".join(sorted(tests.get(rule, ()))) or "-")
    missing = [rule for rule in rules if rule not in tests]
    print(f"{len(rules) - len(missing)} of {len(rules)} rules are cited by a test.")
    if missing:
        print("Not cited:", " ".join(missing))
    return 0


if __name__ == "__main__":
    sys.exit(main())
