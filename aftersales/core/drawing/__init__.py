"""State machines as pictures, drawn from the tables that run: SVG that needs no script, no style attribute, no font.

`scene` says what is to be seen, `layout` where it stands, `svg` writes it down. All of it is the same every time.
"""

from .scene import Card, Diagram, deadline_keys, deadline_words, diagrams, step_label
from .svg import standalone, svg

__all__ = ["Card", "Diagram", "deadline_keys", "deadline_words", "diagrams", "standalone", "step_label", "svg"]
