"""What a Dask worker calls: it knows an installed Glassnet by the name ``glassnet`` alone."""

from glassnet import find_packages


def train_block(block: bytes) -> bytes:
    """Train a block of a lottery's seeds: :func:`model.training.ensemble.cluster.train_block`."""
    find_packages()
    from model.training.ensemble.cluster import train_block

    return train_block(block)
