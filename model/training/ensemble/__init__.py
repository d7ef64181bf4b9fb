"""Many starts of one experiment trained together: blocks, processes, clusters, lotteries."""
