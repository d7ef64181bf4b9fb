"""Which addresses belong to one server."""

from __future__ import annotations

import pytest

from vision.origin import origin


@pytest.mark.parametrize(
    "other",
    [
        "HTTPS://user:secret@Camera.local/a?b#c",
        "https://camera.local:443",
        "https://camera.local:/",
    ],
)
def test_paths_logins_case_and_the_usual_port_change_no_server(other: str) -> None:
    assert origin(other) == origin("https://camera.local/")


@pytest.mark.parametrize(
    "other",
    [
        "http://camera.local/",
        "http://camera.local:443/",
        "https://camera.local:8443/",
        "https://camera.local:80/",
        "https://camera.local:0/",
        "https://camera/",
        "https://camera.local@evil.example/",
    ],
)
def test_another_scheme_port_or_host_is_another_server(other: str) -> None:
    assert origin(other) != origin("https://camera.local/")
