"""What a Dask worker calls, by this name wherever Glassnet is installed."""

from model.training.ensemble.cluster import train_block

__all__ = ["train_block"]
