# The production image: web, worker, beat and one-shot commands all run from it, never as root.
FROM python:3.11-slim-bookworm AS packages
COPY requirements.txt /tmp/requirements.txt
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /tmp/requirements.txt

FROM python:3.11-slim-bookworm
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PEOPLESYNC_HOME=/var/lib/peoplesync \
    STATIC_ROOT=/srv/static
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/peoplesync peoplesync
COPY --from=packages /opt/venv /opt/venv
WORKDIR /srv/peoplesync
COPY . .
# Reads code only: no server is asked, and the keys it needs to load the settings are thrown away.
RUN python manage.py collectstatic --noinput --verbosity 0 && python -m compileall -q peoplesync hr attendance payroll
USER peoplesync
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD ["python", "-m", "peoplesync.devservices", "health", "8000"]
CMD ["gunicorn", "--config", "python:peoplesync.gunicorn", "peoplesync.wsgi:application"]
