"""Write the versions that .venv holds into requirements*.txt and constraints.txt, after an update was tried out."""

import re
from importlib.metadata import distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEAD = "# What the packages of requirements*.txt pull in, pinned. `make pins` writes this anew from .venv."
PIN = re.compile(r"^(?P<name>[\w.-]+)(?P<extra>\[[\w,]+\])?==(?P<version>\S+)(?P<rest>\s+# needed for: .+)?$")


def normal(name: str) -> str:
    """Return a package's name as all its spellings share it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def main() -> None:
    """Rewrite the three files."""
    installed = {normal(found.metadata["Name"]): found for found in distributions()}
    direct = set()
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = []
        for line in (ROOT / name).read_text().splitlines():
            pin = PIN.match(line)
            if pin is not None:
                if name == "requirements.txt":
                    direct.add(normal(pin["name"]))
                requirement = f"{pin['name']}{pin['extra'] or ''}=={installed[normal(pin['name'])].version}"
                line = f"{requirement:<35} {(pin['rest'] or '').strip()}".rstrip()
            lines.append(line)
        (ROOT / name).write_text("\n".join(lines) + "\n")
    others = [
        f"{found.metadata['Name']}=={found.version}"
        for name, found in installed.items()
        if name not in direct | {"pip", "setuptools", "wheel"}
    ]
    (ROOT / "constraints.txt").write_text("\n".join([HEAD, *sorted(others, key=str.lower)]) + "\n")


if __name__ == "__main__":
    main()
