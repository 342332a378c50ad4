"""What could come next on the console's line, read from the verbs' own usage lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from thinline_emulator.keys import Key
from thinline_emulator.verbs import VERBS

__all__ = ["VerbCompleter", "common_rest", "next_words"]

_WORD = re.compile(r"[a-z][a-z0-9-]*")  # in a usage line a word in capitals stands for something else


def next_words(line: str) -> list[tuple[str, str]]:
    """The words that the last one of a line may become, each with what it means."""
    before = line.split()
    begun = before.pop() if before and not line[-1:].isspace() else ""
    if not before:
        found = [(verb.name, verb.help) for verb in VERBS.values()]
    elif before[0] == "help":
        found = [(verb.name, verb.help) for verb in VERBS.values()] if len(before) == 1 else []
    elif before[0] == "key":
        found = [(key.value, "") for key in Key]
    elif len(before) == 1 and before[0] in VERBS:
        found = [(word, "") for word in _WORD.findall(VERBS[before[0]].usage.split(" ", 1)[-1])]
        found = [one for one in found if one[0] != before[0]]
    else:
        found = []
    return [(word, meaning) for word, meaning in found if word.startswith(begun)]


def common_rest(line: str) -> str:
    """What all words that could be meant go on with."""
    begun = "" if line[-1:].isspace() else (line.split() or [""])[-1]
    words = [word for word, _ in next_words(line)]
    if not words:
        return ""
    least, most = min(words), max(words)
    same = next((at for at, letter in enumerate(least) if letter != most[at]), len(least))
    return least[len(begun) : same]


class VerbCompleter(Completer):
    """The same for prompt_toolkit."""

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:
        """Words for what stands before the cursor; an empty line lists all only where somebody asks for it."""
        line = document.text_before_cursor
        if not (line or complete_event.completion_requested):
            return
        begun = "" if line[-1:].isspace() else (line.split() or [""])[-1]
        for word, meaning in next_words(line):
            yield Completion(word, -len(begun), display_meta=meaning)
