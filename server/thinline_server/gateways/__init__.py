"""Gateways: supervised tasks between the server and the world, each with a named state, judged by work done.

`base` says what one is and what it is given, `errands` works through a queue, `supervisor` keeps them running and tells
how they stand, `dial` opens every connection to the outside. The web is reached by `fetch`: a `wish` with an `address`
that may be fetched, within the account's `budget`, inflated within bounds. What else a gateway speaks is its service's.
"""
