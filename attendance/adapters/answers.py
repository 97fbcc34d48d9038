"""PURE. What a door sends back, and the envelope of those vendors that say everything in one text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from peoplesync.kernel.errors import Kind, PeopleSyncError

JsonObject = dict[str, object]

#: What is the same at every door that speaks in sentences of ours.
_COMMON_SENTENCES = {
    413: "The request is too large. Send less at once.",
    429: "Too many requests. Wait as long as the Retry-After header says and try again.",
    500: "Something went wrong on the server. The request may be sent again.",
    503: "The service is not available at the moment. Try again shortly.",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes out: a status and a JSON body."""

    status: int
    body: JsonObject


@dataclass(frozen=True, slots=True)
class OneText:
    """An envelope that holds a single text, whatever was wrong.

    `body` writes a status and a text; `sentences` are told where no service raised anything; `as_bad_request` are the
    kinds of error that are a 400 at this door.
    """

    body: Callable[[int, str], JsonObject]
    sentences: Mapping[int, str]
    as_bad_request: frozenset[Kind]

    def of_error(self, error: PeopleSyncError) -> Answer:
        """A refusal raised by the adapter or by a service. Sentences about fields replace the general one."""
        status = 400 if error.kind in self.as_bad_request else error.kind.status
        about_fields = [f"{field}: {sentence}" for field, sentences in error.errors.items() for sentence in sentences]
        return Answer(status, self.body(status, " ".join(about_fields) or error.message))

    def of_status(self, status: int) -> Answer:
        """A status that no service raised: unknown path, wrong method, too many calls, a crash."""
        return Answer(status, self.body(status, self.sentence(status)))

    def sentence(self, status: int) -> str:
        """What is told with a status; one that has no sentence gets that of 400 or 500."""
        told = {**_COMMON_SENTENCES, **self.sentences}
        return told.get(status) or told[500 if status >= 500 else 400]


@contextmanager
def in_words(words: Mapping[str, Callable[[], PeopleSyncError]]) -> Iterator[None]:
    """A refusal of the services goes out in the vendor's words, where `words` has any for its code."""
    try:
        yield
    except PeopleSyncError as refusal:
        worded = words.get(refusal.code)
        if worded is None:
            raise
        raise worded() from refusal
