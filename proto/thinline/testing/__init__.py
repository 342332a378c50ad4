"""Helpers for tests of anything that speaks the line: public, typed, and without a clock or a socket of their own.

`ladder` tests one end by feeding it and expecting what it says; `pair` joins two ends in memory; `netem` is the seeded
fault network between machines; `clock` jumps to the next deadline; `world` makes accounts with varied content;
`text` tells frames in one line each.
"""
