"""`manage.py graph`: draw the state machines from the tables that run, as Mermaid diagrams in docs/states/."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from aftersales.core import policies, transitions
from aftersales.core.machine import DeadlineRule, Edge, Machine


class Command(BaseCommand):
    """Writes one page a state machine, or checks that the pages are what the tables say."""

    help = "Draw the state machines into docs/states/; --check fails when a page is out of date."

    def add_arguments(self, parser: CommandParser) -> None:
        """Define the options."""
        parser.add_argument("--check", action="store_true", help="write nothing, fail on a difference")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write or compare the pages."""
        folder = Path(settings.BASE_DIR) / "docs" / "states"
        stale = []
        for name, binding in sorted(transitions.bindings.items()):
            with translation.override("en"):
                page = draw(binding.machine)
            path = folder / f"{name}.md"
            if options["check"]:
                if not path.exists() or path.read_text() != page:
                    stale.append(path.name)
            else:
                folder.mkdir(parents=True, exist_ok=True)
                path.write_text(page)
                self.stdout.write(f"docs/states/{path.name}")
        if stale:
            raise CommandError(f"Out of date: {', '.join(stale)}. Run `make graph`.")


def draw(machine: Machine) -> str:
    """Render one machine as a Markdown page: diagram, deadlines, every edge."""
    lines = [f"# {machine.name.capitalize()}", "", "Drawn by `make graph` from the edge table; do not edit.", ""]
    lines += ["```mermaid", "stateDiagram-v2"]
    lines += [f"    {arrow}" for arrow in _arrows(machine)]
    lines += [f"    {state} --> [*]" for state in sorted(machine.terminal)]
    lines += ["```", "", "| state | meaning |", "| --- | --- |"]
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
    setting = rule.policy if isinstance(rule.policy, str) else f"{policies_of(rule)}"
    return f"| {rule.rule} | `{rule.state}` | {when} | {rule.action} | {setting} |"


def policies_of(rule: DeadlineRule) -> str:
    """Name the settings among which a deadline chooses."""
    keys = [definition.key for definition in policies.definitions()]
    return ", ".join(key for key in keys if key.split(".")[:2] == ["deadline", rule.rule])


def _edge(edge: Edge) -> str:
    who = ", ".join(sorted(edge.who))
    when = edge.when.name if edge.when else ""
    stops = ", ".join(guard.__name__.replace("_", " ") for guard in edge.guards)
    return f"| {edge.name} | `{edge.source}` | `{edge.target}` | {who} | {when} | {stops} |"
