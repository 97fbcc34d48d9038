"""How the web server runs in production: `gunicorn --config python:peoplesync.gunicorn peoplesync.wsgi:application`."""

from peoplesync import env

_metrics = env.metrics_port()
bind = ["0.0.0.0:8000", *([f"0.0.0.0:{_metrics}"] if _metrics else [])]
preload_app = True
control_socket_disable = True
worker_class = "gthread"
workers = env.web_processes()
threads = 8
limit_request_line = (
    8190  # the most it takes, and what proxies take: vendors' clients list hundreds of ids in an address
)
worker_tmp_dir = "/dev/shm"  # noqa: S108 a disk that is busy must not make a worker look dead
