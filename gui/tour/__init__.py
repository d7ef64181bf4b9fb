"""The tour: the real window driven through its main jobs, a picture and figures of each."""

from gui.tour.tour import run_tour

__all__ = ["run_tour"]
