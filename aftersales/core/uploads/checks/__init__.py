"""What is inside an uploaded file: pictures, PDF, MP4, each checked by its content.

Nothing here imports Django or the rest of the project, so that `worker` can run the same code in a process of its own,
where a crash or a bomb of a decoder hurts nobody. What is found wrong is a `ContentError` with a code; its words for
people stand in `aftersales.core.uploads`.
"""


class ContentError(Exception):
    """The content is refused. `code` is one of the keys of `aftersales.core.uploads.PROBLEMS`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
