"""Many starts of one experiment trained at once: blocks, processes, clusters, lotteries."""
