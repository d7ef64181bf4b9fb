"""Functions that Dask workers call, under a name that is the same in every installation."""

from model.training.ensemble.cluster import train_block

__all__ = ["train_block"]
