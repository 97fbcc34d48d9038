"""HR over HTTP: serializers, filters, views and routes, one file per noun."""
