"""`manage.py graph`: draw the state machines from the tables that run, as pages and pictures in docs/states/."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from aftersales.core import drawing, transitions
from aftersales.core.machine import DeadlineRule, Edge, Machine


class Command(BaseCommand):
    """Writes one page a state machine, or checks that the pages are what the tables say."""

    help = "Draw the state machines into docs/states/; --check fails when a page is out of date."

    def add_arguments(self, parser: CommandParser) -> None:
        """Define the options."""
        parser.add_argument("--check", action="store_true", help="write nothing, fail on a difference")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write or compare the pages and the pictures; a file that no machine has any more goes."""
        folder = Path(settings.BASE_DIR) / "docs" / "states"
        with translation.override("en"):
            wanted = dict(pages())
        known = {path.name: path for path in folder.glob("*") if path.suffix in (".md", ".svg")}
        stale = [name for name, text in wanted.items() if name not in known or known[name].read_text() != text]
        gone = [name for name in known if name not in wanted]
        if options["check"]:
            if stale or gone:
                raise CommandError(f"Out of date: {', '.join(sorted(stale + gone))}. Run `make graph`.")
            return
        folder.mkdir(parents=True, exist_ok=True)
        for name in gone:
            known[name].unlink()
        for name, text in wanted.items():
            (folder / name).write_text(text)
            self.stdout.write(f"docs/states/{name}")


def pages() -> Iterator[tuple[str, str]]:
    """Give the files of every machine: a page in Markdown, and its pictures."""
    for name, binding in sorted(transitions.bindings.items()):
        yield f"{name}.md", draw(binding.machine)
        for diagram in drawing.diagrams(binding.machine):
            yield f"{diagram.name}.svg", drawing.standalone(diagram)


def draw(machine: Machine) -> str:
    """Render one machine as a Markdown page: diagram, deadlines, every edge."""
    lines = [f"# {machine.name.capitalize()}", "", "Drawn by `make graph` from the edge table; do not edit.", ""]
    lines += ["```mermaid", "stateDiagram-v2"]
    lines += [f"    {arrow}" for arrow in _arrows(machine)]
    lines += [f"    {state} --> [*]" for state in sorted(machine.terminal)]
    lines += ["```", ""]
    lines += [f"![{diagram.title}]({diagram.name}.svg)" for diagram in drawing.diagrams(machine)]
    lines += ["", "| state | meaning |", "| --- | --- |"]
    lines += [f"| `{state}` | {label} |" for state, label in machine.labels.items()]
    if machine.deadlines:
        lines += ["", "| deadline | in state | when | by itself then | setting |", "| --- | --- | --- | --- | --- |"]
        lines += [_deadline(rule) for rule in machine.deadlines]
    lines += ["", "| action | from | to | who | when | stopped by |", "| --- | --- | --- | --- | --- | --- |"]
    lines += [_edge(edge) for edge in machine.edges]
    return "\n".join(lines) + "\n"


def _arrows(machine: Machine) -> list[str]:
    """Give one arrow for each pair of states, with every action that goes that way."""
    ways: dict[tuple[str, str], list[str]] = {}
    for edge in machine.edges:
        names = ways.setdefault((edge.source or "[*]", edge.target), [])
        if edge.name not in names:
            names.append(edge.name)
    return [f"{source} --> {target}: {', '.join(names)}" for (source, target), names in ways.items()]


def _deadline(rule: DeadlineRule) -> str:
    when = rule.when.name if rule.when else ""
    setting = ", ".join(drawing.deadline_keys(rule))
    return f"| {rule.rule} | `{rule.state}` | {when} | {rule.action} | {setting} |"


def _edge(edge: Edge) -> str:
    who = ", ".join(sorted(edge.who))
    when = edge.when.name if edge.when else ""
    stops = ", ".join(guard.__name__.replace("_", " ") for guard in edge.guards)
    return f"| {edge.name} | `{edge.source}` | `{edge.target}` | {who} | {when} | {stops} |"
