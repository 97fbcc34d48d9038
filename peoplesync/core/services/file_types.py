"""What an uploaded file may be, and what is left of it: the claimed type must be the true one, and images lose metadata."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from peoplesync.kernel.errors import Invalid

MEGABYTE = 1024 * 1024
MAXIMUM_PIXELS = 40_000_000


@dataclass(frozen=True, slots=True)
class FileType:
    """An allowed content type, the endings its names may have, its largest size and its image format if it is one."""

    content_type: str
    endings: tuple[str, ...]
    maximum_bytes: int
    image_format: str | None = None


ALLOWED = {
    kind.content_type: kind
    for kind in (
        FileType("image/jpeg", ("jpg", "jpeg"), 8 * MEGABYTE, "JPEG"),
        FileType("image/png", ("png",), 8 * MEGABYTE, "PNG"),
        FileType("image/webp", ("webp",), 8 * MEGABYTE, "WEBP"),
        FileType("application/pdf", ("pdf",), 10 * MEGABYTE),
    )
}


def claimed(file_name: str, content_type: str) -> FileType:
    """The allowed type a client names. Raises Invalid when it is not allowed or the name's ending disagrees."""
    kind = ALLOWED.get(content_type)
    if kind is None:
        raise Invalid.field("file_type", f"Send one of: {', '.join(sorted(ALLOWED))}.", code="type_not_allowed")
    ending = file_name.rpartition(".")[2].lower()
    if ending not in kind.endings:
        raise Invalid.field(
            "file_name", f"The name of a file of type {content_type} must end in .{kind.endings[0]}.", code="ending"
        )
    return kind


def cleaned(content: bytes, kind: FileType) -> bytes:
    """The bytes as they may be kept: checked against their type, images re-encoded without metadata or trailing data.

    Raises Invalid for an empty, oversized, truncated or disguised file, or an image with too many pixels.
    """
    if not content:
        raise Invalid.field("file", "The file is empty.", code="empty")
    if len(content) > kind.maximum_bytes:
        raise Invalid.field("file", f"The file is larger than {kind.maximum_bytes // MEGABYTE} MB.", code="too_large")
    if kind.image_format is None:
        if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-1024:]:
            raise Invalid.field("file", "The file is not a complete PDF.", code="wrong_content")
        return content
    return _reencoded(content, kind.image_format)


def _reencoded(content: bytes, image_format: str) -> bytes:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=[image_format]) as image:
                if image.width * image.height > MAXIMUM_PIXELS:
                    raise Invalid.field("file", "The image has too many pixels.", code="too_many_pixels")
                upright = ImageOps.exif_transpose(image)
                plain = Image.new(upright.mode, upright.size)
                plain.paste(upright)
                if upright.mode == "P" and (palette := upright.getpalette()):
                    plain.putpalette(palette)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Invalid.field(
            "file", f"The file is not a complete {image_format} image.", code="wrong_content"
        ) from error
    except Image.DecompressionBombWarning as error:
        raise Invalid.field("file", "The image has too many pixels.", code="too_many_pixels") from error
    kept = io.BytesIO()
    plain.save(kept, format=image_format)
    return kept.getvalue()
