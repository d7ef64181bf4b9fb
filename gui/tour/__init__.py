"""The tour: drives the real window through its main jobs, with a picture and figures of each."""

from gui.tour.tour import run_tour

__all__ = ["run_tour"]
