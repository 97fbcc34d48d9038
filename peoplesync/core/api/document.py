"""Where the OpenAPI document is served, and in which format."""

from __future__ import annotations

from typing import Any

from drf_spectacular.renderers import (
    OpenApiJsonRenderer,
    OpenApiJsonRenderer2,
    OpenApiYamlRenderer,
    OpenApiYamlRenderer2,
)
from drf_spectacular.views import SpectacularAPIView
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation

from peoplesync.kernel.errors import Invalid


class NamedFormat(DefaultContentNegotiation):
    """`?format=json` or `yaml` decides, else `Accept`; where neither names a format we have, the first."""

    def select_renderer(self, request: Any, renderers: Any, format_suffix: str | None = None) -> tuple[Any, str]:
        asked = request.query_params.get("format")
        if not asked:
            try:
                return super().select_renderer(request, renderers, format_suffix)
            except NotAcceptable:
                return renderers[0], renderers[0].media_type
        found = next((renderer for renderer in renderers if renderer.format == asked), None)
        if found is None:
            raise Invalid.field("format", "Give json or yaml.")
        return found, found.media_type


class Document(SpectacularAPIView):
    """The OpenAPI document: JSON, as every answer here, unless YAML is asked for."""

    renderer_classes = [OpenApiJsonRenderer2, OpenApiJsonRenderer, OpenApiYamlRenderer2, OpenApiYamlRenderer]
    content_negotiation_class = NamedFormat
