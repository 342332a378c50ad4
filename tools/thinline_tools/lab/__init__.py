"""The laboratory: the real server logic and real handsets in virtual time, over a network that fails from a seed.

Nothing in it is a model of the product: hub, store, link and handset are the ones that are shipped. What is not real
is time, the network, and, where a run says so, the disk.
"""
