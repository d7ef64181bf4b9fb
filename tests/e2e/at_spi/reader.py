"""What a screen reader gets of the window, read from outside, by Debian's own Python.

It finds the window on the accessibility bus, presses the buttons named by its arguments, waits for
each to have an effect, and prints one JSON object a line for all that is shown: depth, role, name,
description, states.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from typing import Any

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi  # noqa: E402 - which version is to be said first

PATIENCE_S, PAUSE_S = 60.0, 0.2
STATES = ("focusable", "focused", "checked", "selected")


def children(thing: Any) -> Iterator[Any]:
    """Yield what an object holds, as far as it is shown."""
    for index in range(thing.get_child_count()):
        child = thing.get_child_at_index(index)
        if child is not None and child.get_state_set().contains(Atspi.StateType.SHOWING):
            yield child


def walked(thing: Any, depth: int = 0) -> Iterator[tuple[int, Any]]:
    """Yield an object and all in it, depth first."""
    yield depth, thing
    for child in children(thing):
        yield from walked(child, depth + 1)


def window() -> Any:
    """Return Glassnet's window, once it is there."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        desktop = Atspi.get_desktop(0)
        for index in range(desktop.get_child_count()):
            program = desktop.get_child_at_index(index)
            if program is not None and program.get_name() == "Glassnet":
                for frame in children(program):
                    return frame
        time.sleep(PAUSE_S)
    sys.exit("no window of Glassnet is on the accessibility bus")


def press(frame: Any, name: str) -> None:
    """Press the button of a name, once it is there."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        for _, thing in walked(frame):
            if thing.get_name() == name and thing.get_action_iface() is not None:
                thing.get_action_iface().do_action(0)
                return
        time.sleep(PAUSE_S)
    sys.exit(f"nothing called {name} can be pressed")


def told(depth: int, thing: Any) -> dict[str, Any]:
    """Return what is said of an object."""
    states = thing.get_state_set()
    return {
        "depth": depth,
        "role": thing.get_role_name(),
        "name": thing.get_name(),
        "description": thing.get_description(),
        "states": [s for s in STATES if states.contains(getattr(Atspi.StateType, s.upper()))],
    }


def main() -> None:
    """Press, wait until the last named text is heard, and print."""
    *buttons, awaited = sys.argv[1:]
    frame = window()
    for name in buttons:
        press(frame, name)
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        found = [told(*each) for each in walked(frame)]
        if any(awaited in each["name"] for each in found):
            break
        time.sleep(PAUSE_S)
    for each in found:
        print(json.dumps(each))


if __name__ == "__main__":
    main()
