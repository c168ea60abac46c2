"""A small report assistant: finds plug-ins, asks each about one file, prints a report.

python docs/example_host.py FILE
"""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint, entry_points

GROUP = "report_assistant.plugins"
SECTIONS = ("findings", "impression", "differential", "recommendations")


class Plugin:
    """A plug-in by its entry point, imported on first use; a broken one answers with its error."""

    def __init__(self, entry_point: EntryPoint) -> None:
        self.name = entry_point.name
        self._entry_point = entry_point
        self._module = None

    def ask(self, path: str) -> tuple[dict[str, str], str | None]:
        """Return the sections of the report and None, or no sections and what went wrong."""
        try:
            if self._module is None:
                self._module = self._entry_point.load()
            finding = self._module.analyse(path)
            return self._module.draft(finding), None
        except Exception as error:  # another's code: whatever it does, the host goes on
            return {}, f"{type(error).__name__}: {error}"


def find_plugins() -> list[Plugin]:
    """Return the installed plug-ins by name, none of them imported yet."""
    return [Plugin(e) for e in sorted(entry_points(group=GROUP), key=lambda e: e.name)]


def write_report(plugin: Plugin, path: str) -> str:
    """Return the report of one plug-in on one file."""
    sections, problem = plugin.ask(path)
    lines = [f"== {plugin.name}"]
    if problem:
        lines.append(f"This plug-in is broken and was left out ({problem}).")
    for name in SECTIONS:
        if sections.get(name):
            lines += [f"-- {name}", sections[name]]
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Print the report of every plug-in on the file named."""
    if len(arguments) != 1:
        print("usage: python example_host.py FILE", file=sys.stderr)
        return 2
    plugins = find_plugins()
    if not plugins:
        print(f"no plug-in is installed in the group {GROUP}", file=sys.stderr)
        return 1
    print("\n\n".join(write_report(plugin, arguments[0]) for plugin in plugins))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
