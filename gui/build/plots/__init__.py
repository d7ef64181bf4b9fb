"""Build's plots: the loss over time, what the network answers, and the dock below.

Import panels from their own modules: `plane_map` serves the first-run page, which must not wait for
pyqtgraph.
"""
